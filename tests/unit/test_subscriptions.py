"""Subscriptions: what the service listens to, by the boards of its building file."""

import pytest

from occupancy.building import Building
from occupancy.placement import Board
from vrijplek.subscriptions import filters_of


def filters(*boards: Board) -> set[str]:
    """Of a building with these boards."""
    return set(filters_of(Building("hq", "HQ", "UTC", (), boards)))


@pytest.mark.parametrize(
    "topic", ["home/+/BTtoMQTT/+", "home/+/HCSR501toMQTT", "home/+/LWT", "happy-bubbles/ble/#"]
)
def test_a_gateway_is_heard_in_all_that_counts(topic):
    """Adverts, the PIR on its board, its will, and what Happy Bubbles publishes."""
    assert topic in filters(Board("gw", "openmqttgateway", 120.0, "gw"))


def test_a_state_that_was_announced_is_heard_with_its_announcement():
    """Also where the state lies elsewhere, by a mapping with its topic."""
    there = filters(Board("mat", "homeassistant", 3600.0, topic="mats/desk-1/state"))
    assert {"mats/desk-1/state", "homeassistant/#"} <= there
