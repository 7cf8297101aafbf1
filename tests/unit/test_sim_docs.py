"""The simulator's page names all that there is to set."""

from dataclasses import fields
from pathlib import Path

import pytest
import typer.main

from firmware_sim.cli import app
from firmware_sim.physics import Physics
from firmware_sim.pir import Stillness

PAGE = (Path(__file__).parents[2] / "docs" / "simulator.md").read_text(encoding="utf-8")


def options():
    """Each option of each command."""
    group = typer.main.get_command(app)
    commands = group.commands.values()
    return sorted({name for c in commands for p in c.params for name in p.opts} - {"--help"})


@pytest.mark.parametrize("name", [*options(), *(field.name for field in fields(Physics))])
def test_the_page_names_it(name):
    """Every option and every figure of the physics is explained."""
    assert f"`{name}`" in PAGE


def test_the_advice_for_still_people_works():
    """The figures that the page proposes for people who sit very still are possible ones."""
    assert "200 and 900" in PAGE
    assert Stillness.of(200, 900).still_s > 200
