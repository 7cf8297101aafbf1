"""Nearest scanner, as ESPresense nodes with Home Assistant's mqtt_room do.

Each node reports its distance now and then; the last nearest report wins until it is stale.
Source: ESPresense, include/defaults.h; Home Assistant, mqtt_room/sensor.py.
"""

import numpy as np

from vrijplek.evaluation.simple.nearest import NOBODY, Nearest, distance_m
from vrijplek.evaluation.simple.windows import STEP_S, Heard

AT_1_M_DBM = -65.0
EXPONENT = 2.7
WINDOW_S = 15.0
"""A node averages over it."""
REPORT_S = 5.0
"""A node reports so often, or at once when the distance has changed by `MOVED_M`."""
MOVED_M = 0.5
STALE_S = 5.0
"""An older report of the nearest node gives way to any other."""


def chosen(tag: Heard) -> list[int]:
    """The node whose report is in force at each time."""
    metres = distance_m(tag.mean_dbm, AT_1_M_DBM, EXPONENT)
    ready = (tag.age_s <= STEP_S) & ~np.isnan(metres)
    told_s, told_m = np.full(metres.shape[1], -np.inf), np.full(metres.shape[1], np.inf)
    node, node_m, node_s = NOBODY, np.inf, -np.inf
    found = []
    for now_s, row, heard_now in zip(tag.t_s, metres, ready, strict=True):
        due = (now_s - told_s >= REPORT_S) | (np.abs(row - told_m) > MOVED_M)
        for reporter in np.flatnonzero(heard_now & due).tolist():
            told_s[reporter], told_m[reporter] = now_s, row[reporter]
            if reporter == node or row[reporter] < node_m or now_s - node_s >= STALE_S:
                node, node_m, node_s = reporter, row[reporter], now_s
        found.append(node)
    return found


MQTT_ROOM = Nearest("nearest (mqtt_room)", chosen, WINDOW_S)
