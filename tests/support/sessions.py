"""Small invented sessions: two rooms, a scanner and a motion sensor in each, one tag."""

import csv
import gzip
import json

EVENTS = ("t", "type", "source", "subject", "value")
STAYS = ("t0", "t1", "subject", "room")
USES = ("t0", "t1", "room", "count")
STRONG_DBM, WEAK_DBM = -55.0, -85.0


def table(names, rows):
    """A CSV text."""
    return "\n".join([",".join(names), *(",".join(map(str, row)) for row in rows)]) + "\n"


def write_session(folder, events=(), stays=None, uses=None, meta=None):
    """Makes the folder of a session; files that are None are left out."""
    folder.mkdir(parents=True, exist_ok=True)
    with gzip.open(folder / "events.csv.gz", "wt", encoding="utf-8") as file:
        file.write(table(EVENTS, events))
    if stays is not None:
        (folder / "truth_room.csv").write_text(table(STAYS, stays), encoding="utf-8")
    if uses is not None:
        (folder / "truth_occ.csv").write_text(table(USES, uses), encoding="utf-8")
    if meta is not None:
        (folder / "meta.json").write_text(json.dumps(meta), encoding="utf-8")
    return folder


def walk(rooms, stay_s=60, *, tag="tag"):
    """Events and truth of a tag that stays some time in each room, one after the other.

    Args:
        rooms: Their order; each is `den` or `hall`.
        stay_s: How long each stay lasts.
        tag: The subject.
    """
    events, stays, uses = [], [], []
    for number, room in enumerate(rooms):
        start = number * stay_s
        stays.append((start, start + stay_s, tag, room))
        uses += [(start, start + stay_s, other, int(other == room)) for other in ("den", "hall")]
        events.append((start + 0.5, "pir_on", f"motion of {room}", "", 1.0))
        for second in range(start, start + stay_s):
            for other in ("den", "hall"):
                wobble = (second * 7 + len(other)) % 5
                level = (STRONG_DBM if other == room else WEAK_DBM) + wobble
                events.append((second + 0.6, "rssi", f"scanner of {other}", tag, level))
        events.append((start + 20.5, "pir_off", f"motion of {room}", "", 0.0))
    return sorted(events), stays, uses


def write_walk(folder, rooms, stay_s=60, *, tag="tag", truth=True):
    """A session of such a walk; without truth it has no `meta.json` either."""
    events, stays, uses = walk(rooms, stay_s, tag=tag)
    if not truth:
        return write_session(folder, events)
    return write_session(folder, events, stays, uses, {"dt": 1})


def rows_of(file):
    """The rows of a CSV file, as dicts."""
    with file.open(encoding="utf-8", newline="") as text:
        return list(csv.DictReader(text))
