"""ESPHome: entities of devices that their owners name."""
