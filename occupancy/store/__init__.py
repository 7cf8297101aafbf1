"""Adapters of the history ports. The core may not import this package."""
