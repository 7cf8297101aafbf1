"""The head of a small building file: one floor and two desks."""

HEAD = """\
site: hq
name: Office
time_zone: Europe/Amsterdam
spaces:
  - {id: office, kind: building}
  - {id: floor-0, kind: floor, in: office, level: 0, z: [0, 3]}
  - {id: desk-1, kind: desk, in: floor-0, box: [1, 1, 1.6, 0.8]}
  - {id: desk-2, kind: desk, in: floor-0, box: [4, 1, 1.6, 0.8]}
"""
