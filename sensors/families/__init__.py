"""Device families, a module or a small package each, behind the interface in `sensors.family`."""
