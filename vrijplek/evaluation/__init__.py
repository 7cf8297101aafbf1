"""Recorded sessions with ground truth: what was said on them, and how right it was."""
