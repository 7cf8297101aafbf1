"""The machine: Python, a broker program, and whether its clock is led by others."""

import shutil
import subprocess
import sys
from collections.abc import Iterator

from vrijplek.doctor.finding import Finding
from vrijplek.doctor.patient import Patient

ASK_S = 3.0


def python(_patient: Patient) -> Iterator[Finding]:
    """Which Python; an older one than we need does not come this far."""
    version = ".".join(map(str, sys.version_info[:3]))
    yield Finding("Python", version)


def broker_program(_patient: Patient) -> Iterator[Finding]:
    """Whether there is a mosquitto; it may well be on another machine."""
    found = shutil.which("mosquitto")
    yield Finding("broker program", found or "no mosquitto: a demo uses the embedded broker")


def clock(_patient: Patient) -> Iterator[Finding]:
    """Whether something keeps the clock right."""
    told = synchronised()
    if told == "no":
        mend = "timedatectl set-ntp true, or set up chrony; the service follows the clock slowly"
        yield Finding("clock", "led by no time server", "led by one", mend)
    else:
        yield Finding("clock", "led by a time server" if told == "yes" else "can't be told here")


def synchronised() -> str:
    """What systemd says of the clock, `yes` or `no`; empty where there is no systemd to ask."""
    program = shutil.which("timedatectl")
    if program is None:
        return ""
    command = [program, "show", "--property=NTPSynchronized", "--value"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=ASK_S, check=False)  # noqa: S603
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""
