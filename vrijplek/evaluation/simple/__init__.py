"""The simple methods that ours is compared with, as others use them."""

from vrijplek.evaluation.method import Method
from vrijplek.evaluation.simple.bermuda import BERMUDA
from vrijplek.evaluation.simple.gaussian import Gaussian
from vrijplek.evaluation.simple.mqtt_room import MQTT_ROOM
from vrijplek.evaluation.simple.neighbours import Neighbours
from vrijplek.evaluation.simple.tag_only import TagOnly
from vrijplek.evaluation.simple.timer import Timer

ROOM_METHODS: tuple[Method, ...] = (BERMUDA, MQTT_ROOM, Neighbours(), Gaussian())
"""Those that tell where tags are."""
USE_METHODS: tuple[Method, ...] = (*map(Timer, (30.0, 90.0, 300.0, 900.0)), TagOnly())
"""Those that tell which rooms are in use."""
