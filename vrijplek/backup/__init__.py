"""Copies of what a service keeps, made while it runs, and put back when it does not."""
