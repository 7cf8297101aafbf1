"""Learning a site from labelled recordings: all that `Learned` holds."""

from collections.abc import Sequence

from occupancy.learned import Learned
from occupancy.learning.levels import learn_levels
from occupancy.learning.people import unbadged_share, usual_people
from occupancy.learning.radio_map import learn_radio_map
from occupancy.learning.recording import Recording
from occupancy.learning.use import learn_use


def learn(recordings: Sequence[Recording]) -> Learned:
    """What labelled recordings of one site teach; parts that they do not tell of are missing."""
    rates, habits, exits = learn_use(recordings)
    return Learned(
        radio=learn_radio_map(recordings),
        rates=rates,
        habits=habits,
        exits=exits,
        levels=learn_levels(recordings, rates, habits),
        people=usual_people(recordings),
        unbadged=unbadged_share(recordings),
    )
