"""Learning which motion sensor sees which place: how often it starts while a tag is there."""

from collections.abc import Sequence

import numpy as np

from occupancy.learning.recording import NOWHERE, Recording, channels_in
from occupancy.radio_map import MotionMap

PRIOR_S = 20.0
"""The mean over all places counts as so many seconds in each."""


def learn_motion(recordings: Sequence[Recording], index: dict[str, int]) -> MotionMap | None:
    """Starts a second of each motion channel by place; None where nothing ever moved.

    Source: rates of Poisson processes with a gamma prior; the prior is our choice, decision 0013.
    """
    channels = channels_in(recordings)
    if not channels:
        return None
    starts = np.zeros((len(channels), len(index)))
    seconds = np.zeros(len(index))
    for recording in recordings:
        triggers = recording.triggers(channels)
        for tag in recording.tags:
            where = recording.places_of(tag, index)
            known = where != NOWHERE
            belongs = np.eye(len(index))[where[known]]
            starts += triggers[known].T.astype(float) @ belongs
            seconds += belongs.sum(axis=0)
    usual = (starts.sum(axis=1) + 0.5) / (seconds.sum() + 1.0)
    rates = (starts + PRIOR_S * usual[:, None]) / (seconds + PRIOR_S)[None, :]
    return MotionMap(list(channels), rates.tolist())
