"""The checks: the list of all, in the order in which a reading passes what they look at."""

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from sensors.rejected import without_values
from vrijplek.doctor import (
    boards,
    broker,
    configuration,
    databases,
    folder,
    history,
    machine,
    service,
    vault,
)
from vrijplek.doctor.finding import Finding
from vrijplek.doctor.patient import Patient

Check = Callable[[Patient], Iterator[Finding]]
PATIENCE_S = 90.0
"""For one check; each has shorter limits of its own, but names may be looked up slowly."""

CHECKS: tuple[Check, ...] = (
    machine.python,
    machine.broker_program,
    machine.clock,
    configuration.settings,
    configuration.building,
    configuration.passwords,
    folder.folder,
    folder.room,
    folder.modes,
    folder.leftovers,
    databases.soundness,
    databases.log_size,
    databases.freshness,
    databases.purge,
    vault.vault,
    service.service,
    broker.port,
    broker.certificate,
    broker.login,
    service.connection,
    boards.silent,
    boards.gaps,
    service.refused,
    history.server,
    history.store,
    history.refused,
)


def examine(
    patient: Patient, checks: Sequence[Check] = CHECKS, patience_s: float = PATIENCE_S
) -> Iterator[Finding]:
    """What all checks find; one that fails or hangs is a finding, and the others go on."""
    for check in checks:
        look = _Look(check, patient)
        look.thread.start()
        look.thread.join(patience_s)
        if look.thread.is_alive():
            told = f"no end within {patience_s:.0f} s"
            mend = "look at the network and the disk: one of them does not answer"
            yield Finding(_name(check), told, "an end", mend)
        yield from tuple(look.found)


@dataclass
class _Look:
    """One check on a thread of its own, which is left behind where it hangs."""

    check: Check
    patient: Patient
    found: list[Finding] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.thread = threading.Thread(target=self._run, daemon=True)

    def _run(self) -> None:
        try:
            self.found += self.check(self.patient)
        except Exception as error:  # noqa: BLE001 - whatever is wrong with what it looks at
            told = f"could not be looked at: {without_values(error)}"
            self.found.append(Finding(_name(self.check), told, "a look", "see what was found"))


def _name(check: Check) -> str:
    return str(getattr(check, "__name__", "check")).replace("_", " ")
