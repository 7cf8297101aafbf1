"""Device families, one small module each, behind the interface in `sensors.family`."""
