"""Child processes that end with their parent, however it ends.

Each child runs under a few lines of shell that read a pipe from us: when we end, even by kill -9,
the pipe closes and the child is told to stop. That works on every Unix, unlike parent-death
signals.
"""

import contextlib
import os
import signal
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

GUARD = """
exec 3<&0
child= asked=
trap 'asked=1; if [ -n "$child" ]; then kill -TERM "$child"; fi' TERM INT
"$@" </dev/null 3<&- &
child=$!
( cat >/dev/null; kill -TERM "$child"; sleep 3; kill -KILL "$child" ) <&3 >/dev/null 2>&1 &
if [ -n "$asked" ]; then kill -TERM "$child"; fi
wait "$child"; status=$?
while [ "$status" -gt 128 ] && kill -0 "$child" 2>/dev/null; do wait "$child"; status=$?; done
trap '' TERM
kill -TERM 0
exit "$status"
"""


@dataclass
class Child:
    """A running child process."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path
    """Where what it prints goes."""

    @classmethod
    def start(
        cls, name: str, command: Sequence[str], log: Path, environment: dict[str, str] | None = None
    ) -> "Child":
        """Start a command that ends when this process does."""
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("ab") as output:
            process = subprocess.Popen(  # noqa: S603 - our own commands
                ["/bin/sh", "-c", GUARD, "guard", *command],
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=output,
                env={**os.environ, **(environment or {})},
                start_new_session=True,
            )
        return cls(name, process, log)

    @property
    def is_running(self) -> bool:
        """Whether it still runs."""
        return self.process.poll() is None

    def ask_to_stop(self) -> None:
        """Tell it to end, without waiting."""
        self.process.terminate()

    def stop(self, within_s: float = 2.0) -> None:
        """End it: kindly first, then not."""
        self.ask_to_stop()
        try:
            self.process.wait(within_s)
        except subprocess.TimeoutExpired:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        if self.process.stdin is not None:
            self.process.stdin.close()

    def last_words(self, lines: int = 5) -> str:
        """The end of what it printed."""
        if not self.log.exists():
            return ""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])
