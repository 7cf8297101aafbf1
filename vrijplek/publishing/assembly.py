"""Publishing put together: what goes out, what of earlier times is taken away, and by which way."""

from collections.abc import Iterable, Mapping
from pathlib import Path

import structlog

from ingest.session import BrokerAddress
from occupancy.building import Building
from occupancy.view import LiveView
from vrijplek.publishing.discovery import Discovery, paged
from vrijplek.publishing.outlet import Outlet
from vrijplek.publishing.publisher import Publisher
from vrijplek.publishing.remembered import Remembered
from vrijplek.publishing.sheet import Sheet
from vrijplek.publishing.topics import DEVICE_LEAF, Topics
from vrijplek.settings import PublishSettings

log = structlog.get_logger(__name__)


def put_together(
    settings: PublishSettings,
    state: Path,
    building: Building,
    view: LiveView,
    broker: BrokerAddress,
) -> Publisher:
    """A publisher that is not started yet; all that it may leave at the broker is remembered.

    Raises:
        OSError: If that can't be read or written.
    """
    sheet = Sheet(building, Topics(building.site, settings.prefix, settings.discovery_prefix))
    before = Remembered.read(state)
    pages = paged(sheet, before.pages)
    devices = Discovery(building, sheet, settings.language).payloads(pages, before.pages)
    now = Remembered(frozenset({*sheet.everything(), *devices, sheet.topics.service}), pages)
    # written first: a kill between this and the last removal must not forget anything
    before.with_all_of(now).save(state)
    standing = in_turn(before.topics - now.topics, devices)

    def settle() -> None:
        try:
            now.save(state)
        except OSError as error:
            log.warning("what was taken away is taken away again at the next start", why=str(error))

    return Publisher(sheet, standing, view, Outlet(broker, sheet.topics), settle)


def in_turn(gone: Iterable[str], devices: Mapping[str, bytes]) -> dict[str, bytes]:
    """Removals and devices in the order in which Home Assistant is to hear them.

    A desk that moves has to go from its old device before it comes to the new one, and nobody is
    to listen to a state any more when it is emptied.
    """
    removals = dict.fromkeys(sorted(gone), b"")
    first = {topic: empty for topic, empty in removals.items() if topic.endswith(DEVICE_LEAF)}
    return {**first, **devices, **removals}
