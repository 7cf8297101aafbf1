"""Sparkplug B: births, data and deaths in protobuf."""
