"""A small building file that is right, and what `vrijplek` says of one line of it made wrong."""

from vrijplek.building import inspect_building

GOOD = """\
site: hq
name: City office
time_zone: Europe/Amsterdam
spaces:
  - {id: office, kind: building}
  - {id: floor-0, kind: floor, in: office, level: 0, z: [0, 3.5], box: [0, 0, 20, 10]}
  - {id: zone-n, kind: zone, in: floor-0, box: [0, 0, 10, 10], activities: [focus]}
  - {id: room-a, kind: room, in: floor-0, box: [10, 0, 5, 5], capacity: 4}
  - {id: desk-1, kind: desk, in: zone-n, box: [1, 1, 1.6, 0.8], features: [screen]}
  - {id: desk-2, kind: desk, in: zone-n, box: [4, 1, 1.6, 0.8]}
boards:
  - {id: b-1}
sensors:
  - {id: b-1/pir, kind: motion, sees: [desk-1, {space: desk-2, weight: 0.5}], hold_s: 10}
  - {id: b-1/ble, kind: scanner, at: [1, 1, 0.7]}
"""


def with_line(number, text):
    """The good file with another text for one line."""
    lines = GOOD.splitlines()
    lines[number - 1] = text
    return "\n".join(lines) + "\n"


def said(path):
    """All problems of a file, in order, as (file, line, path, found, expected)."""
    problems = inspect_building(path).problems
    return [(p.file.name, p.line, p.path, p.found, p.expected) for p in problems]


def writer(folder):
    """What writes YAML files into a folder and gives the path of the last."""

    def write(**texts):
        for name, text in texts.items():
            path = folder / f"{name}.yaml"
            path.write_text(text, encoding="utf-8")
        return path

    return write
