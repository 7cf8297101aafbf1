"""Errors that end a command, with the exit code that tells scripts why.

Tree: `CommandError` > `UsageError`, `PortTakenError`, `AlreadyRunningError`,
`FileProblemsError`, `PipelineFailedError`, `UnreachableError`.
"""

from collections.abc import Sequence
from pathlib import Path

from vrijplek.yamlfile import Problem

EXIT_PROBLEMS = 1
"""What was asked for was found to be wrong."""
EXIT_USAGE = 2
"""The command's words, or a file that can't be read."""
EXIT_BUSY = 3
"""Something else is in the way: a port, another service."""
EXIT_UNREACHABLE = 4
"""A broker or a service did not answer."""


class CommandError(Exception):
    """A command can't go on; its text is for people."""

    exit_code = EXIT_PROBLEMS


class UsageError(CommandError):
    """The command's words or variables are off, or a file can't be read."""

    exit_code = EXIT_USAGE


class PortTakenError(CommandError):
    """Another program listens where the service should."""

    exit_code = EXIT_BUSY

    def __init__(self, host: str, port: int) -> None:
        self.host, self.port = host, port
        super().__init__(
            f"port {port} on {host} is taken by another program; "
            "set VRIJPLEK_PORT to a free one, for example VRIJPLEK_PORT=8001"
        )


class AlreadyRunningError(CommandError):
    """Another service works in the same folder."""

    exit_code = EXIT_BUSY

    def __init__(self, state: Path) -> None:
        self.state = state
        super().__init__(
            f"another vrijplek works in {state}; stop it, or set VRIJPLEK_STATE to another folder"
        )


class FileProblemsError(CommandError):
    """A file that people write is wrong."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in problems))


class PipelineFailedError(CommandError):
    """The listening half of the service has died, so the whole of it ended."""

    def __init__(self) -> None:
        super().__init__(
            "the pipeline has failed, so the service has ended; the log above says why. "
            "Nothing that was acknowledged is lost: start it again once that is mended"
        )


class UnreachableError(CommandError):
    """A broker or a service did not answer."""

    exit_code = EXIT_UNREACHABLE
