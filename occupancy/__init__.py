"""What readings mean: spaces, evidence, belief, whereabouts, states, history.

Pure, but for `occupancy.store`: no socket, no file, no clock, no randomness.
"""
