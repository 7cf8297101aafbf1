"""`vrijplek simulate`: the simulated building alone, against any broker or into a file."""

import subprocess
import sys

import typer


def simulate(context: typer.Context) -> None:
    """Run the simulated building alone; all words go to the simulator.

    `vrijplek simulate run --help` and `vrijplek simulate dump --help` tell what it can do: publish
    to a broker in real time or faster, or print a capture as fast as the machine allows, with what
    was true in a file beside it.

    Example:
      vrijplek simulate dump --building office.yaml --schedule day --truth truth.jsonl > day.jsonl
    """
    command = [sys.executable, "-m", "firmware_sim", *context.args]
    raise typer.Exit(subprocess.run(command, check=False).returncode)  # noqa: S603 - our own
