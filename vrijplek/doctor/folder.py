"""The state folder: room on its disk, who may read it, who works in it."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from vrijplek.doctor.finding import Finding
from vrijplek.doctor.patient import Patient
from vrijplek.health import LITTLE_BYTES

FEW_INODES = 1_000
LOCKS = Path("/proc/locks")


def folder(patient: Patient) -> Iterator[Finding]:
    """Whether anything is there yet."""
    is_there = (patient.state / "vrijplek.sqlite").exists()
    yield Finding(
        "state folder",
        f"{'' if is_there else 'nothing in '}{patient.state}" + ("" if is_there else " yet"),
    )


def room(patient: Patient) -> Iterator[Finding]:
    """Bytes and inodes that are left."""
    if not patient.state.exists():
        return
    disk = os.statvfs(patient.state)
    left = disk.f_bavail * disk.f_frsize
    told, mend = f"{left / 1e6:.0f} MB left", "make room on it, or give the state folder another"
    if left < LITTLE_BYTES:
        yield Finding("disk", told, f"at least {LITTLE_BYTES / 1e6:.0f} MB", mend)
    elif disk.f_files and disk.f_favail < FEW_INODES:
        yield Finding("disk", f"{disk.f_favail} inodes left", f"at least {FEW_INODES}", mend)
    else:
        yield Finding("disk", told)


def modes(patient: Patient) -> Iterator[Finding]:
    """Whether others than the owner may look into it, and whether all is the owner's."""
    if not patient.state.exists():
        return
    whole = patient.state.stat()
    found = list(_open_to_others(patient.state, whole.st_mode, "700"))
    for file in sorted(patient.state.iterdir()):
        kept = file.lstat()
        if stat.S_ISREG(kept.st_mode):
            found += _open_to_others(file, kept.st_mode, "600")
        if kept.st_uid != whole.st_uid:
            told = f"{file} belongs to user {kept.st_uid}"
            mend = f"chown {whole.st_uid} {file}; run commands as the owner of the folder"
            found.append(Finding("owner", told, f"user {whole.st_uid}, as the folder", mend))
    yield from found or [Finding("file modes", "for the owner alone")]


def _open_to_others(path: Path, mode: int, wanted: str) -> Iterator[Finding]:
    if stat.S_IMODE(mode) & 0o077:
        told = f"{path} has mode {stat.S_IMODE(mode):o}"
        yield Finding("file modes", told, wanted, f"chmod {wanted} {path}")


def leftovers(patient: Patient) -> Iterator[Finding]:
    """What a restore has set aside, or one that was killed has left."""
    if not patient.state.exists():
        return
    aside = [f for f in patient.state.glob("*-before-*.sqlite") if _is_old(f, patient.wall_ms)]
    for file in aside:
        mend = f"delete it, if all is well: rm {file}*"
        yield Finding("set aside", f"{file}, older than 30 days", "deleted by then", mend)


def _is_old(file: Path, wall_ms: int) -> bool:
    return wall_ms - file.stat().st_mtime * 1000 > 30 * 24 * 3_600_000


def holder(state: Path) -> int | None:
    """The process that works in a state folder, None where none does; taking nothing from it."""
    lock = state / "lock"
    try:
        inode, pid = lock.stat().st_ino, int(lock.read_text().strip() or 0)
    except (OSError, ValueError):
        return None
    try:
        held = [line.split() for line in LOCKS.read_text().splitlines()]
    except OSError:
        return pid if pid and _lives(pid) else None
    ends = f":{inode}"
    return pid if any(len(one) > 5 and one[5].endswith(ends) for one in held) else None


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except OSError:
        return False
    return True
