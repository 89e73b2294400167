"""A crowd of every role sends made-up requests to a system whose database and one of whose services die meanwhile.

`python -m tests.end_to_end.fuzz --requests 100000` starts servers and a system of its own. It prints what was
answered to whom and every fault, and ends with 1 where there was any: a status 500, or something that the API's
description does not say. The suite runs a short one (test_faults).
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from launcher import scratch
from launcher.system import System
from tests.end_to_end.faults import Victims, dying_in_turn
from tests.end_to_end.flow import expect_nothing_left
from tests.end_to_end.made_up import Crowd, make_up
from tests.end_to_end.scenery import make_scene, people
from tests.whole_system import NO_LIMITS

DYING = ("database", "courses")
WIDE = 140
"""Signs, so that the figures of all statuses are in one line."""


def main(
    number: Annotated[int, typer.Option("--requests", min=100, help="How many requests are made up.")] = 100_000,
) -> None:
    """Send them, and say what came back."""
    console = Console()
    console.width = max(console.width, WIDE)
    with tempfile.TemporaryDirectory() as state, scratch.servers() as (database, broker):
        database.start()
        broker.start()
        system = System(Path(state), database.url, broker.url, broker.management_url, "fuzz", variables=NO_LIMITS)
        try:
            with console.status("a school is set up"):
                system.up()
                scene = make_scene(system)
            crowd = Crowd(system.gateway_url, people(scene), {**scene.there.theirs.ids, **scene.here.theirs.ids})
            victims = Victims(system, database, broker)
            with Progress(console=console) as progress, dying_in_turn(victims, DYING, number) as heard:
                bar = progress.add_task("requests", total=number)
                make_up(crowd, number, lambda asked: (heard(asked), progress.update(bar, completed=asked)))
            victims.wait_ready()
            expect_nothing_left(system)
        finally:
            system.down()
    _show(console, crowd)
    sys.exit(1 if crowd.faults else 0)


def _show(console: Console, crowd: Crowd) -> None:
    statuses = sorted({status for _, status in crowd.answers})
    table = Table("who", *map(str, statuses), title=f"{crowd.asked:,} made-up requests", title_justify="left")
    for who in sorted({who for who, _ in crowd.answers}):
        table.add_row(who, *(f"{crowd.answers[who, status]:,}" for status in statuses))
    console.print(table)
    for fault in crowd.faults:
        console.print(fault, markup=False, soft_wrap=True)
    console.print(f"[bold {'red' if crowd.faults else 'green'}]{len(crowd.faults)} faults[/]")


if __name__ == "__main__":
    typer.run(main)
