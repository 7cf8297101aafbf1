"""Stores on an InfluxDB, real or made up, as tests want them."""

from occupancy.point import AGGREGATES, TRANSITIONS
from occupancy.store.influx.server import Address
from occupancy.store.influx.store import InfluxStore, Place
from vrijplek.storing import KEPT_S

NAMES = {TRANSITIONS: "transitions", AGGREGATES: "aggregates"}


def store_at(url, timeout_s=5.0, names=NAMES, **who):
    """A store whose places have short names."""
    places = {stream: Place(name, KEPT_S[stream]) for stream, name in names.items()}
    return InfluxStore(Address(url, timeout_s=timeout_s, **who), places)
