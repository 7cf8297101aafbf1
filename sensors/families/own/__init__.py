"""Our own wire format, version 1 (docs/wire-format.md)."""
