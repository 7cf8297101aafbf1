"""What was true in a session: where each tag was, and how many people were in each room."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Stay:
    """A tag was in a room from `t0_s` until before `t1_s`."""

    t0_s: float
    t1_s: float
    subject: str
    room: str


@dataclass(frozen=True, slots=True)
class Use:
    """So many people were in a room from `t0_s` until before `t1_s`."""

    t0_s: float
    t1_s: float
    room: str
    count: float


@dataclass(frozen=True, slots=True)
class Truth:
    """The truth of a session; time that no row covers is not known."""

    stays: tuple[Stay, ...] = ()
    uses: tuple[Use, ...] = ()

    @property
    def places(self) -> tuple[str, ...]:
        """Rooms in which a tag was, sorted."""
        return tuple(sorted({stay.room for stay in self.stays}))

    @property
    def rooms_in_use(self) -> tuple[str, ...]:
        """Rooms whose use is told, sorted."""
        return tuple(sorted({use.room for use in self.uses}))

    @property
    def subjects(self) -> tuple[str, ...]:
        """Tags that were followed, sorted."""
        return tuple(sorted({stay.subject for stay in self.stays}))
