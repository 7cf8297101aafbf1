"""`vrijplek simulate`: the simulated building alone, against any broker or into a file."""

import os
import sys

import typer


def simulate(context: typer.Context) -> None:
    """Run the simulated building alone; all words go to the simulator.

    `run` publishes to a broker, in real time or faster. `dump` prints a capture as fast as the
    machine allows, with what was true in a file beside it. `roster` prints the invented people.
    Each tells more with --help: `vrijplek simulate run --help`.

    For example:

        vrijplek simulate dump --building hq.yaml --schedule day --truth truth.jsonl > day.jsonl
    """
    if context.args in ([], ["--help"]):
        typer.echo(context.get_help())
        return
    # in our place, so that signals and the exit code are those of the simulator
    os.execv(sys.executable, [sys.executable, "-m", "firmware_sim", *context.args])  # noqa: S606
