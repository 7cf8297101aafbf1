"""The `vrijplek` command in this process, as a shell sees it: words in, text and exit code out."""

import io
import sys
from dataclasses import dataclass

import pytest

from vrijplek import logs
from vrijplek.__main__ import main

VARIABLES = ("HOST", "PORT", "STATE", "KEY")


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    code: int
    out: str
    err: str


class Command:
    """Runs `vrijplek` with some words."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture) -> None:
        self.monkeypatch, self.capsys = monkeypatch, capsys
        monkeypatch.setenv("COLUMNS", "200")
        for name in VARIABLES:
            monkeypatch.delenv(f"VRIJPLEK_{name}", raising=False)

    def __call__(self, *words, stdin: bytes = b"", **variables: str) -> Ended:
        """The end of a command with these words and variables."""
        self.monkeypatch.setattr(sys, "argv", ["vrijplek", *map(str, words)])
        self.monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin), "utf-8"))
        for name, value in variables.items():
            self.monkeypatch.setenv(name, value)
        code: object = 0
        self.capsys.readouterr()
        with logs.given_back():
            try:
                main()
            except SystemExit as end:
                code = end.code or 0
        told = self.capsys.readouterr()
        assert isinstance(code, int)
        return Ended(code, told.out, told.err)
