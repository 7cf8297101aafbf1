"""The process that listens: broker, clock, journal, pipeline."""
