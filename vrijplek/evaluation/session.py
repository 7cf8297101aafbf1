"""Sessions: the folders of recordings, and what is read from them.

A replay and its truth are read apart, so that nobody who predicts can hold both.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from vrijplek.errors import UsageError
from vrijplek.evaluation.events import PIR_OFF, PIR_ON, RSSI, Events
from vrijplek.evaluation.sheet import Sheet
from vrijplek.evaluation.truth import Stay, Truth, Use

EVENTS, STAYS, USES = "events.csv.gz", "truth_room.csv", "truth_occ.csv"


@dataclass(frozen=True, slots=True)
class Session:
    """A session to learn from: events and labels."""

    name: str
    events: Events
    truth: Truth


def session_folders(folders: Sequence[Path], option: str) -> tuple[Path, ...]:
    """The folders of sessions: those given, or the children of those that are no session.

    Args:
        folders: As the user wrote them.
        option: The word they stood behind, for the error.

    Raises:
        UsageError: If a folder is none, holds no session, or two sessions have the same name.
    """
    found = [session for folder in folders for session in _sessions_of(folder, option)]
    counts = Counter(session_name(folder) for folder in found)
    name, count = counts.most_common(1)[0] if counts else ("", 0)
    if count > 1:
        where = ", ".join(str(folder) for folder in found if session_name(folder) == name)
        raise UsageError(f"{option}: found {count} sessions named {name!r} ({where}), expected one")
    return tuple(found)


def session_name(folder: Path) -> str:
    """The last part of a folder's path.

    >>> session_name(Path("house/mon"))
    'mon'
    """
    return folder.name if folder.name not in {"", ".."} else folder.resolve().name


def _sessions_of(folder: Path, option: str) -> list[Path]:
    if not folder.is_dir():
        found = "a file" if folder.exists() else "nothing"
        raise UsageError(f"{option} {folder}: found {found}, expected a folder")
    if (folder / EVENTS).is_file():
        return [folder]
    children = sorted(child for child in folder.iterdir() if (child / EVENTS).is_file())
    if not children:
        told = f"found no {EVENTS}, neither in it nor one folder below"
        raise UsageError(f"{option} {folder}: {told}, expected a session or a folder of sessions")
    return children


def read_session(folder: Path) -> Session:
    """A session with its labels, for calibration.

    Raises:
        FileProblemsError: If a file of it is not as it should be.
    """
    return Session(session_name(folder), read_events(folder), read_truth(folder))


def read_events(folder: Path) -> Events:
    """What the sensors of a session said.

    Raises:
        FileProblemsError: If the file is no table of events sorted by time.
    """
    sheet = Sheet(folder / EVENTS, ("t", "type", "source", "subject", "value"))
    t_s = sheet.numbers("t", "seconds from the start of the session")
    earlier = np.r_[False, t_s[1:] < t_s[:-1]][: len(t_s)]
    sheet.must("t", earlier, lambda row: f"{t_s[row]:g}", "no time before that of the row above")
    kinds = sheet.filled("type", "a type, such as `rssi`")
    sheet.filled("source", "the name of a sensor")
    subjects = sheet.texts("subject")
    nameless = [kind == RSSI and not tag for kind, tag in zip(kinds, subjects, strict=True)]
    sheet.must("subject", nameless, lambda _: "nothing", "the tag that was heard")
    is_edge = [kind in {PIR_ON, PIR_OFF} for kind in kinds]
    sheet.fill("value", is_edge, "0")  # the type says all
    return Events(
        t_s,
        np.array(kinds, dtype=np.str_),
        np.array(sheet.texts("source"), dtype=np.str_),
        np.array(subjects, dtype=np.str_),
        sheet.numbers("value", "a number"),
    )


def read_truth(folder: Path) -> Truth:
    """What was true in a session, as far as its files tell.

    Raises:
        FileProblemsError: If one of them is not as it should be.
    """
    stays, uses = folder / STAYS, folder / USES
    return Truth(
        _stays(stays) if stays.exists() else (),
        _uses(uses) if uses.exists() else (),
    )


def _stays(file: Path) -> tuple[Stay, ...]:
    sheet = Sheet(file, ("t0", "t1", "subject", "room"))
    starts, ends = _spans(sheet)
    subjects, rooms = sheet.texts("subject"), sheet.filled("room", "the name of a room")
    return tuple(map(Stay, starts, ends, subjects, rooms))


def _uses(file: Path) -> tuple[Use, ...]:
    sheet = Sheet(file, ("t0", "t1", "room", "count"))
    starts, ends = _spans(sheet)
    count = sheet.numbers("count", "how many people there were")
    sheet.must("count", count < 0, lambda row: f"{count[row]:g}", "0 or more")
    return tuple(map(Use, starts, ends, sheet.filled("room", "the name of a room"), count.tolist()))


def _spans(sheet: Sheet) -> tuple[list[float], list[float]]:
    starts = sheet.numbers("t0", "seconds from the start of the session")
    ends = sheet.numbers("t1", "seconds from the start of the session")
    sheet.must("t1", ends <= starts, lambda row: f"{ends[row]:g}", "a time after t0")
    return starts.tolist(), ends.tolist()
