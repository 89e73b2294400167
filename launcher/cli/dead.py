"""`./jiaowu dead …`: messages that did not get where they should."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import requests
import typer
from rich.markup import escape
from rich.table import Table

from launcher.installation import Installation
from launcher.steps import console

if TYPE_CHECKING:
    from launcher.dead_events import DeadEvents, ParkedEvent

app = typer.Typer(
    help="Messages that services could not handle, put aside, or could not send: list, show, replay or drop them.",
    no_args_is_help=True,
)

EventIds = Annotated[list[UUID] | None, typer.Argument(help="As `dead list` shows them.")]
All = Annotated[bool, typer.Option("--all", help="Every dead message; for `drop`, every refused one too.")]


@app.command("list")
def list_events(
    waiting: Annotated[bool, typer.Option(help="Also those still waiting for what they need.")] = False,
) -> None:
    """List dead and refused messages of all services, oldest first, then what nobody took and what the broker holds."""
    with _dead_events() as dead:
        events, returned = dead.list(waiting=waiting), dead.returned()
    table = Table("service", "event", "type", "from", "state", "code", "tried", "received", box=None, pad_edge=False)
    for event in events:
        columns = [event.type, escape(event.sender or ""), event.state, event.code or "", str(event.attempts)]
        table.add_row(event.service, str(event.event_id), *columns, _shown(event.received_at))
    console.print(table if events else "There are none.")
    if returned:
        console.print("\n[bold]No queue takes these, or their row can't be shown; they are tried again.[/]")
        sent = Table("service", "id", "exchange", "key", "made", "came back", box=None, pad_edge=False)
        for row in returned:
            key = f"{row.routing_key} {row.row_id or ''}".strip()
            sent.add_row(row.service, str(row.id), row.exchange, key, _shown(row.created_at), _shown(row.returned_at))
        console.print(sent)
    _tell_of_the_broker()


@app.command()
def show(event_id: UUID) -> None:
    """Show one message with everything it carries."""
    with _dead_events() as dead:
        found = [event for event in dead.list(waiting=True) if event.event_id == event_id]
        bodies = [dead.body(event) for event in found]
    if not found:
        console.print("There is no such message.")
        raise typer.Exit(1)
    for event, body in zip(found, bodies, strict=True):  # one event can be dead in several services
        reason = escape(f"{event.code or ''} {event.detail or ''}")
        console.print(f"[bold]{event.service}[/] {event.state}: {reason}")
        console.print(f"from {event.sender or 'nobody'} by {event.exchange} {event.routing_key}", markup=False)
        if event.headers:
            console.print_json(json.dumps(event.headers))
        _print_body(body)


@app.command()
def replay(event_ids: EventIds = None, every: All = False) -> None:
    """Try messages again, after what stopped them has been put right. The dead are judged anew, by who sent them."""
    with _dead_events() as dead:
        number = dead.replay(_chosen(dead.list(), event_ids, every))
    console.print(f"{number} to be tried again; `dead list --waiting` shows what comes of it.")


@app.command()
def drop(
    event_ids: EventIds = None,
    every: All = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Don't ask.")] = False,
) -> None:
    """Give messages up for good: dead or refused ones, or those that can't be sent."""
    with _dead_events() as dead:
        chosen = _chosen(dead.list(), event_ids, every)
        if not yes:
            typer.confirm(f"Give up {len(chosen)} for good?", abort=True)
        console.print(f"{dead.drop(chosen)} given up.")


@contextmanager
def _dead_events() -> "Iterator[DeadEvents]":
    from launcher.dead_events import DeadEvents

    with Installation().system().databases() as databases:
        dead = DeadEvents(databases)
        yield dead
    if dead.away:
        console.print(f"[yellow]The databases of {', '.join(sorted(dead.away))} did not answer: theirs is missing.[/]")


def _tell_of_the_broker() -> None:
    try:
        held = Installation().system().given_up()
    except requests.RequestException:
        console.print("\n[yellow]The broker did not answer: what it gave up is not known.[/]")
        return
    for service, count in held.items():
        console.print(f"\n[yellow]The broker gave up {count} for {service}; its task process fetches them.[/]")


def _print_body(body: bytes | None) -> None:
    if body is None:
        console.print("Its body was not kept.")
        return
    try:
        console.print_json(body.decode())
    except (ValueError, RecursionError):
        console.print(repr(body), markup=False)


def _shown(instant: datetime) -> str:
    return instant.astimezone().strftime("%Y-%m-%d %H:%M:%S")


def _chosen(dead: "Sequence[ParkedEvent]", event_ids: list[UUID] | None, every: bool) -> list[UUID]:
    if bool(event_ids) == every:
        raise typer.BadParameter("name events, or give --all")
    return [event.event_id for event in dead] if every else list(event_ids or [])
