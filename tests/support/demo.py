"""A whole demo as a child process, as a person would start it."""

import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

ROOT = Path(__file__).parents[2]
READY = "why is a desk in its state"
PATIENCE_S = 30.0


class Demo:
    """`vrijplek demo`, from its first line to its end."""

    def __init__(self, state, *words, prefix=(), **variables):
        self.state = Path(state)
        self.began_s = time.monotonic()
        self.log = self.state.with_name(self.state.name + ".log")
        environment = {
            **os.environ,
            "VRIJPLEK_STATE": str(state),
            "VRIJPLEK_PORT": "0",
            "COLUMNS": "400",
            **variables,
        }
        command = [*prefix, sys.executable, "-m", "vrijplek", "demo", *words]
        with self.log.open("wb") as output:
            self.process = subprocess.Popen(
                command,
                cwd=ROOT,
                env=environment,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=bool(prefix),
            )
        # a program that runs another may not pass signals on
        self.send = self._send_all if prefix else self.process.send_signal

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.stop(signal.SIGKILL)

    @property
    def said(self):
        """All that it has printed."""
        return self.log.read_text(errors="replace")

    def wait_ready(self, within_s=PATIENCE_S):
        """Wait for the banner; seconds since the start."""
        until(
            lambda: READY in self.said or self.process.poll() is not None,
            lambda: f"no banner: {self.said}",
            within_s,
        )
        assert self.process.poll() is None, self.said
        return time.monotonic() - self.began_s

    @property
    def base(self):
        """Address of the API."""
        return json.loads((self.state / "running.json").read_text())["http"]

    @property
    def keys(self):
        """Keys by role."""
        return json.loads((self.state / "keys.json").read_text())

    def get(self, path, role="staff"):
        """The answer to a GET with the key of a role."""
        headers = {"Authorization": f"Bearer {self.keys[role]}"} if role else {}
        request = urllib.request.Request(self.base + path, headers=headers)
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer)

    def status_of(self, path, role="staff"):
        """The status code of a GET."""
        try:
            self.get(path, role)
        except urllib.error.HTTPError as error:
            return error.code
        return 200

    def desks(self):
        """State of each desk."""
        return {desk["id"]: desk["state"] for desk in self.get("/v1/desks")["desks"]}

    def line(self, *parts):
        """The printed line that holds all these parts."""
        return next(line for line in self.said.splitlines() if all(p in line for p in parts))

    def stop(self, signum=signal.SIGTERM, within_s=10.0):
        """Send a signal and wait for the end; seconds that it took."""
        began_s = time.monotonic()
        self.send(signum)
        self.process.wait(within_s)
        return time.monotonic() - began_s

    def _send_all(self, signum):
        os.killpg(self.process.pid, signum)

    def left_behind(self):
        """Processes that still name its folder."""
        listed = subprocess.run(
            ["ps", "-eo", "pid,args"], capture_output=True, text=True, check=True
        ).stdout
        return [line for line in listed.splitlines() if re.search(rf"{self.state}(/|\b)", line)]


def until(is_so, what, within_s=PATIENCE_S, every_s=0.05):
    """Wait for something that is bound to come."""
    deadline = time.monotonic() + within_s
    while not is_so():
        assert time.monotonic() < deadline, what() if callable(what) else what
        time.sleep(every_s)
