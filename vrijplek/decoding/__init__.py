"""Decoding by hand: what the service makes of recorded messages, with or without a building."""
