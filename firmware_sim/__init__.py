"""A simulated building whose boards speak wire format v1 over MQTT.

It owns a made-up world: people, walls, motion sensors, radio and boards. It imports nothing of the
service and is known to it only by what it publishes, so it can be wrong in its own ways.
"""
