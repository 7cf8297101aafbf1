"""The building file: reading it, finding all its mistakes at once, and drawing it.

The contract is `docs/building.md`. Everything else in the software sees only the `Building` that
comes out.
"""

from vrijplek.building.loader import BuildingError, Inspection, inspect_building, load_building

__all__ = ["BuildingError", "Inspection", "inspect_building", "load_building"]
