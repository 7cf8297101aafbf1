"""The topics of what goes out, and the names that Home Assistant knows things by."""

from dataclasses import dataclass

ONLINE, OFFLINE = b"online", b"offline"
"""Whether what is retained counts, under `Topics.service`; Home Assistant's own words."""
DEVICE_LEAF = "/config"
"""The end of topics that tell of devices, and of no others."""


@dataclass(frozen=True, slots=True)
class Topics:
    """Where each part of a site goes out.

    >>> Topics("hq").state("desk-1"), Topics("hq").device("floor.0", 2)
    ('vrijplek/v1/hq/spaces/desk-1/state', 'homeassistant/device/vrijplek_hq_floorDOT0_P2/config')
    """

    site: str
    prefix: str = "vrijplek/v1"
    discovery_prefix: str = "homeassistant"

    @property
    def service(self) -> str:
        """Whether the service lives."""
        return f"{self.prefix}/{self.site}/service"

    @property
    def birth(self) -> str:
        """Where Home Assistant says that it has started."""
        return f"{self.discovery_prefix}/status"

    def state(self, space: str) -> str:
        """The state of a desk or room."""
        return f"{self.prefix}/{self.site}/spaces/{space}/state"

    def free(self, floor: str) -> str:
        """The counts of a floor."""
        return f"{self.prefix}/{self.site}/floors/{floor}/free"

    def name(self, space: str) -> str:
        """What Home Assistant knows a space by."""
        return f"vrijplek_{self.site}_{space}"

    def device(self, floor: str, page: int) -> str:
        """What is discovered of a floor, from page 1 on.

        This level of a topic may hold no dot, and ids have no capitals: so no two are the same.
        """
        name = self.name(floor).replace(".", "DOT") + (f"_P{page}" if page > 1 else "")
        return f"{self.discovery_prefix}/device/{name}{DEVICE_LEAF}"
