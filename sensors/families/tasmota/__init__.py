"""Tasmota: telemetry, answers and rules."""
