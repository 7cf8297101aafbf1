"""A real InfluxDB 1 on ports of its own, in a folder of its own, gone when it is closed."""

import json
import os
import signal
import subprocess
import time
import urllib.parse
import urllib.request
from pathlib import Path

from conftest import free_ports
from support.machine import program

READY_S = 20.0
CONF = """\
reporting-disabled = true
bind-address = "127.0.0.1:{backup}"
[meta]
dir = "{folder}/meta"
[data]
dir = "{folder}/data"
wal-dir = "{folder}/wal"
[http]
bind-address = "127.0.0.1:{port}"
log-enabled = false
"""


class Influxd:
    """One server; started at once.

    Args:
        folder: For its files.
    """

    def __init__(self, folder: Path) -> None:
        self._program = program("influxd")
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.port, backup = free_ports(2)
        self._conf = folder / "influxdb.conf"
        self._conf.write_text(CONF.format(backup=backup, folder=folder, port=self.port))
        self.start()

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start it and wait until it answers."""
        with (self.folder / "influxd.log").open("ab") as log:
            self.process = subprocess.Popen(
                [self._program, "-config", str(self._conf)], stdout=log, stderr=log
            )
        deadline_s = time.monotonic() + READY_S
        while not self._answers():
            assert time.monotonic() < deadline_s, (self.folder / "influxd.log").read_text()[-2000:]
            time.sleep(0.02)

    def _answers(self) -> bool:
        try:
            urllib.request.urlopen(f"{self.url}/ping", timeout=0.5).close()
        except OSError:
            return False
        return True

    def kill(self) -> None:
        """End it as a power cut would."""
        self.process.kill()
        self.process.wait()

    def freeze(self) -> None:
        """Have it neither answer nor end; returns once it does not."""
        self.process.send_signal(signal.SIGSTOP)
        os.waitpid(self.process.pid, os.WUNTRACED)

    def thaw(self) -> None:
        """Have it go on."""
        self.process.send_signal(signal.SIGCONT)

    def ask(self, statement: str, database: str = "") -> list[list[object]]:
        """The rows of the first series of an answer of InfluxQL."""
        query = urllib.parse.urlencode({"db": database, "q": statement, "epoch": "ms"})
        request = urllib.request.Request(f"{self.url}/query?{query}", method="POST")
        with urllib.request.urlopen(request, timeout=10) as answer:
            [result] = json.load(answer)["results"]
        assert "error" not in result, result
        series = result.get("series", [{}])[0]
        return series.get("values", [])

    def close(self) -> None:
        """End it."""
        if self.process.poll() is None:
            self.kill()
