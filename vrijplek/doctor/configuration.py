"""The configuration: settings, the building file and password files, without any secret told."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from vrijplek.building import BuildingError, load_building
from vrijplek.doctor.finding import Finding
from vrijplek.doctor.patient import Patient

SECRETS = ("password_file", "teller_password_file", "publisher_password_file", "token_file")


def settings(patient: Patient) -> Iterator[Finding]:
    """Whether the settings file can be used."""
    if patient.config is None:
        return
    if patient.why_not:
        mend = "correct it; docs/settings.md lists all settings"
        yield Finding("settings", patient.why_not, "settings without a mistake", mend)
    else:
        yield Finding("settings", str(patient.config))


def building(patient: Patient) -> Iterator[Finding]:
    """Whether the building file can be used."""
    if patient.settings is None:
        return
    file = patient.settings.building
    try:
        found = load_building(file)
    except BuildingError as error:
        mend = f"vrijplek check {file} tells all of them"
        told = f"{file}: {len(error.problems)} mistake(s), first {error.problems[0]}"
        yield Finding("building file", told, "no mistake", mend)
    except OSError as error:
        told = f"{file}: {error.strerror or error}"
        yield Finding("building file", told, "a file", "correct `building` in the settings")
    else:
        told = f"{len(found.boards)} boards, {len(found.spaces)} spaces"
        yield Finding("building file", told)


def passwords(patient: Patient) -> Iterator[Finding]:
    """Whether the password files can be read by us and by nobody else."""
    if patient.settings is None:
        return
    for part in ("broker", "influx"):
        shape = getattr(patient.settings, part)
        for name in SECRETS:
            file: Path | None = getattr(shape, name, None)
            if file is not None:
                yield _password(f"{part}.{name}", file)


def _password(what: str, file: Path) -> Finding:
    if not os.access(file, os.R_OK):
        told = "no such file" if not file.exists() else "not readable for us"
        mend = f"write the password alone into {file}, for the service's user to read"
        return Finding(what, f"{file}: {told}", "a file that we can read", mend)
    if stat.S_IMODE(file.stat().st_mode) & 0o007:
        return Finding(what, f"{file} is open to all", "for the owner alone", f"chmod 600 {file}")
    if not file.read_text(errors="replace").strip():
        mend = f"write the password alone into {file}"
        return Finding(what, f"{file} is empty", "a password", mend)
    return Finding(what, str(file))
