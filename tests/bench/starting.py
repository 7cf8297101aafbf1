"""How long a service with a big building takes to its first answer, and what memory it needs."""

import os
import re
import subprocess
import sys
import time
from pathlib import Path

from bench.figure import Figure

FIRST_ANSWER_S, MEMORY_MB, PATIENCE_S = 3.0, 200.0, 60.0
NOBODY_PORT = 9
"""No broker answers there: the service answers before it has found one."""
TICKS = os.sysconf("SC_CLK_TCK")


def starting(main_file: Path, folder: Path, desks: int) -> list[Figure]:
    """A child process, from nothing; the time is of the processor, up to the first answer."""
    config = folder / "vrijplek.yaml"
    told = (
        f"building: {main_file}\nstate: state\nhttp: {{port: 0}}\nbroker: {{port: {NOBODY_PORT}}}\n"
    )
    config.write_text(told)
    log = folder / "service.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "vrijplek", "run", "--config", str(config)],
            stdout=output,
            stderr=output,
        )
    try:
        spent_s = _spent_until_answer(process, log)
        memory_mb = _memory_mb(process.pid)
    finally:
        process.terminate()
        process.wait(20)
    return [
        Figure(f"{desks:,} desks: start to the first answer", FIRST_ANSWER_S, spent_s, "s"),
        Figure(f"{desks:,} desks: memory after it", MEMORY_MB, memory_mb, "MB"),
    ]


def _spent_until_answer(process: subprocess.Popen, log: Path) -> float:
    deadline_s = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline_s and process.poll() is None:
        if "answering" in log.read_text():
            return _spent_s(process.pid)
        time.sleep(0.01)
    raise RuntimeError(f"the service did not answer: {log.read_text()[-2000:]}")


def _spent_s(pid: int) -> float:
    """Seconds of the processor that a process has had."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def _memory_mb(pid: int) -> float:
    [kib] = re.findall(r"VmRSS:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())
    return int(kib) / 1024
