"""`./jiaowu dead …`: events that could not be handled."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated
from uuid import UUID

import typer
from rich.table import Table

from launcher.dead_events import DeadEvents, ParkedEvent
from launcher.installation import Installation
from launcher.steps import console

app = typer.Typer(help="Events that services could not handle: list, show, replay or drop them.", no_args_is_help=True)

EventIds = Annotated[list[UUID] | None, typer.Argument(help="As `dead list` shows them.")]
All = Annotated[bool, typer.Option("--all", help="Every dead event.")]


@app.command("list")
def list_events(
    waiting: Annotated[bool, typer.Option(help="Also those still waiting for what they need.")] = False,
) -> None:
    """List dead events of all services, oldest first."""
    with _dead_events() as dead:
        events = dead.list(waiting=waiting)
    table = Table("service", "event", "type", "state", "code", "tried", "received", box=None, pad_edge=False)
    for event in events:
        received = event.received_at.astimezone().strftime("%Y-%m-%d %H:%M:%S")
        columns = [event.type, event.state, event.code or "", str(event.attempts), received]
        table.add_row(event.service, str(event.event_id), *columns)
    console.print(table if events else "There are none.")


@app.command()
def show(event_id: UUID) -> None:
    """Show one event with everything it carries."""
    with _dead_events() as dead:
        found = [event for event in dead.list(waiting=True) if event.event_id == event_id]
    if not found:
        console.print("There is no such event.")
        raise typer.Exit(1)
    for event in found:  # one event can be dead in several services
        console.print(f"[bold]{event.service}[/] {event.state}: {event.code or ''} {event.detail or ''}")
        console.print_json(json.dumps(event.envelope))


@app.command()
def replay(event_ids: EventIds = None, every: All = False) -> None:
    """Try dead events again, after what stopped them has been put right."""
    with _dead_events() as dead:
        number = dead.replay(_chosen(dead.list(), event_ids, every))
    console.print(f"{number} to be tried again; `dead list --waiting` shows what comes of it.")


@app.command()
def drop(
    event_ids: EventIds = None,
    every: All = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Don't ask.")] = False,
) -> None:
    """Give dead events up for good."""
    with _dead_events() as dead:
        chosen = _chosen(dead.list(), event_ids, every)
        if not yes:
            typer.confirm(f"Give up {len(chosen)} for good?", abort=True)
        console.print(f"{dead.drop(chosen)} given up.")


@contextmanager
def _dead_events() -> Iterator[DeadEvents]:
    with Installation().system().databases() as databases:
        yield DeadEvents(databases)


def _chosen(dead: list[ParkedEvent], event_ids: list[UUID] | None, every: bool) -> list[UUID]:
    if bool(event_ids) == every:
        raise typer.BadParameter("name events, or give --all")
    return [event.event_id for event in dead] if every else list(event_ids or [])
