"""The command `vrijplek check`: is a building file right, and what does it describe?"""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from occupancy.building import Building
from occupancy.placement import SensorKind
from occupancy.space import Kind
from vrijplek.building import inspect_building
from vrijplek.building.picture import NoSuchFloorError, picture_of
from vrijplek.building.schema import schema_text
from vrijplek.yamlfile import Problem

EXIT_PROBLEMS = 1
EXIT_UNREADABLE = 2
NAMED = 12
"""How many ids a line of the summary names before it only counts."""


def check(
    file: Annotated[
        Path | None, typer.Argument(metavar="FILE", help="The building file.", show_default=False)
    ] = None,
    picture: Annotated[
        Path | None,
        typer.Option(metavar="OUT.svg", help="Draw the floors into this file.", show_default=False),
    ] = None,
    floor: Annotated[
        str | None,
        typer.Option(metavar="ID", help="Draw this floor alone.", show_default=False),
    ] = None,
    *,
    schema: Annotated[
        bool, typer.Option("--schema", help="Print the JSON Schema for editors, and stop.")
    ] = False,
) -> None:
    """Find all mistakes in a building file at once, and draw its floors.

    Each mistake comes with its file and line, what was found and what was expected. A file without
    any is summed up: its spaces, its sensors, and what no sensor sees.

    For example, on the demo office:

        vrijplek check vrijplek/buildings/demo-office.yaml --picture office.svg

    Exit code: 0 the file is right, 1 it has problems, 2 it can't be read.
    """
    if schema:
        typer.echo(schema_text(), nl=False)
        return
    if file is None:
        raise typer.BadParameter("found nothing, expected a building file", param_hint="FILE")
    if floor is not None and picture is None:
        found = "found a floor to draw and no file for the picture, expected --picture as well"
        raise typer.BadParameter(found, param_hint="--floor")
    building = _inspected(file)
    if picture is not None:
        _draw(building, picture, floor)
    _sum_up(building)
    if picture is not None:
        typer.echo(f"Drawn: {picture}")


def _inspected(file: Path) -> Building:
    """The building, after telling its warnings; or the end of the command, after its problems."""
    try:
        inspection = inspect_building(file)
    except OSError as error:
        reason = (error.strerror or type(error).__name__).lower()
        _fail(f"{file}: {reason}; expected a building file that can be read")
    _tell("Warnings: may be right", inspection.warnings, "yellow")
    if inspection.building is None:
        _tell("Problems", inspection.problems, "red")
        files = len({problem.file for problem in inspection.problems})
        typer.echo(
            f"{len(inspection.problems)} to mend, in {files} file{'s' if files > 1 else ''}."
        )
        raise typer.Exit(EXIT_PROBLEMS)
    return inspection.building


def _tell(title: str, problems: Sequence[Problem], colour: str) -> None:
    """A table on a terminal; one line a problem elsewhere, as editors and CI read them."""
    console = Console()
    if not console.is_terminal:
        for problem in problems:
            typer.echo(str(problem))
    elif problems:
        table = Table(title=title, title_style=f"bold {colour}", title_justify="left")
        for heading in ("where", "what", "found", "expected"):
            table.add_column(heading, overflow="fold")
        for problem in problems:
            where = f"{problem.file}:{problem.line}"
            cells = (where, problem.path, problem.found, problem.expected)
            table.add_row(*(escape(cell) for cell in cells))
        console.print(table)


def _sum_up(building: Building) -> None:
    title = f"{building.name.en}: site {building.site}, {building.time_zone}"
    table = Table(title=escape(title), title_justify="left", show_header=False)
    spaces = Counter(space.kind.value for space in building.spaces)
    sensors = Counter(sensor.kind.value for sensor in building.sensors)
    families = Counter(board.family for board in building.boards)
    table.add_row("spaces", _counted(spaces, [kind.value for kind in Kind]))
    table.add_row("boards", _counted(families, sorted(families)))
    table.add_row("sensors", _counted(sensors, [kind.value for kind in SensorKind]))
    table.add_row("seen by no sensor", _named(unseen(building)))
    Console().print(table)
    Console().print("[green]No problems.[/]")


def unseen(building: Building) -> tuple[str, ...]:
    """Ids of the desks and rooms that no sensor sees, nor any desk in them."""
    seen = {placement.space for sensor in building.sensors for placement in sensor.sees}
    return tuple(
        space.id
        for space in building.spaces
        if space.kind in {Kind.ROOM, Kind.DESK}
        and space.id not in seen
        and not any(inside.id in seen for inside in building.inside(space.id))
    )


def _counted(counts: Counter[str], order: Sequence[str]) -> str:
    return ", ".join(f"{name} {counts[name]}" for name in order if counts[name]) or "none"


def _named(ids: Sequence[str]) -> str:
    more = f" and {len(ids) - NAMED} more" if len(ids) > NAMED else ""
    return ", ".join(ids[:NAMED]) + more if ids else "none: all desks and rooms are seen"


def _draw(building: Building, out: Path, floor: str | None) -> None:
    try:
        out.write_text(picture_of(building, floor), encoding="utf-8")
    except NoSuchFloorError as error:
        _fail(str(error))
    except OSError as error:
        _fail(f"{out}: {(error.strerror or type(error).__name__).lower()}")


def _fail(sentence: str) -> NoReturn:
    typer.echo(sentence, err=True)
    raise typer.Exit(EXIT_UNREADABLE)
