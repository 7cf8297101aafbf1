"""BTHome v2: adverts of sensors, plain or encrypted."""
