"""Zigbee2MQTT: what a bridge publishes of Zigbee devices."""
