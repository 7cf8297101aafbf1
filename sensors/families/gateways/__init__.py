"""Bluetooth gateways: OpenMQTTGateway, Theengs Gateway, Happy Bubbles."""
