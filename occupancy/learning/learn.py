"""Learning a site from labelled recordings: all that `Learned` holds."""

from collections.abc import Sequence

import numpy as np

from occupancy.learned import Learned
from occupancy.learning.levels import learn_levels
from occupancy.learning.radio_map import learn_radio_map
from occupancy.learning.recording import Recording
from occupancy.learning.use import learn_use, used_spaces


def learn(recordings: Sequence[Recording]) -> Learned:
    """What labelled recordings of one site teach; parts that they do not tell of are missing."""
    rates, habits, exits = learn_use(recordings)
    return Learned(
        radio=learn_radio_map(recordings),
        rates=rates,
        habits=habits,
        exits=exits,
        levels=learn_levels(recordings, rates, habits),
        people=_people(recordings),
    )


def _people(recordings: Sequence[Recording]) -> float:
    """How many are there at once, in the mean over the time that anybody is; 0 if nobody ever."""
    total = seconds = 0.0
    for recording in recordings:
        counts = [recording.counts_of(space) for space in used_spaces([recording])]
        if counts:
            present = np.nansum(np.array(counts), axis=0)
            total += float(present.sum())
            seconds += float((present > 0).sum())
    return total / seconds if seconds else 0.0
