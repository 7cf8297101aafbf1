"""The programme: what kind of demo is played, and the settings that follow from it."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from ingest.clock import ServiceClock
from vrijplek.broker.start import Broker
from vrijplek.settings import FinderSettings, Settings

SEED = 7
HAND = "hand"
"""A board for people to play; nobody simulates it."""


@dataclass(frozen=True, slots=True)
class Programme:
    """What kind of demo."""

    building: str = "demo-office"
    """One that comes along, or a file."""
    people: int = 120
    speed: float = 1.0
    start_ms: int | None = None
    """What the clock shows at the start; the wall clock where left out."""
    simulate: bool = True
    """Whether the simulator plays the boards; else recorded traffic is waited for."""
    schedule: str = "always"
    truth: Path | None = None
    """Where the simulator writes what was true."""
    tags: tuple[str, ...] = ()
    """Addresses of real tags; each is enrolled for an invented person who wants to be found."""

    def settings(self, file: Path) -> Settings:
        """Settings of the service for this demo, before the environment goes above them."""
        return Settings(
            building=file,
            finder=FinderSettings(
                dpia_ref="demo: invented people, no assessment needed",
                works_council_ref="demo: invented people, no consent needed",
                since=date(2020, 1, 1),
            ),
            working_hours="always",
            invented_people=True,
            speed=self.speed,
            start=self.start_ms,
        )

    def simulator_words(
        self, file: Path, host: str, broker: Broker, passwords: Path, clock: ServiceClock
    ) -> list[str]:
        """What the simulator is started with.

        Args:
            file: The building file.
            host: Where the broker is reached.
            broker: Its port and kind.
            passwords: File with the boards' passwords.
            clock: Service time, which the boards share.
        """
        told = {
            "--building": str(file),
            "--host": host,
            "--port": str(broker.port),
            "--credentials": str(passwords),
            "--seed": str(SEED),
            "--people": str(self.people),
            "--speed": str(self.speed),
            "--start-ms": str(clock.start_ms),
            "--anchor-ms": str(clock.anchor_ms),
            "--schedule": self.schedule,
            "--protocol": "5" if broker.mqtt5 else "4",
            "--skip": HAND,
        }
        if self.truth is not None:
            told["--truth"] = str(self.truth)
        return [word for option in told.items() for word in option]
