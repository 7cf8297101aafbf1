"""Shelly: Gen1, Gen2 and later, and BLU devices behind a gateway."""
