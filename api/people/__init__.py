"""The people store: persons, their choices, tags, keys, sessions and look-ups."""
