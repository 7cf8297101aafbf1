"""The command line, the settings, and the one place that wires the parts together."""

from importlib.metadata import version

__version__ = version("vrijplek")
