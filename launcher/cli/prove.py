"""Commands that show whether the system does what it should."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from launcher.cli.arguments import known_service, running
from launcher.installation import Installation
from launcher.paths import declaring, service_names
from launcher.problems import asking_databases
from launcher.steps import console, counting, step

if TYPE_CHECKING:
    from launcher.reconcile.disagreement import Disagreement

PANEL = "Prove"


def register(app: typer.Typer) -> None:
    """Add these commands."""
    for command in (story, reconcile, verify_audit, erase_audit):
        app.command(rich_help_panel=PANEL)(command)


def story(
    students: Annotated[int, typer.Option(min=20, max=2000, help="How many students are imported.")] = 200,
) -> None:
    """Play the whole flow on the running system, as the people who have a part in it; ends with `reconcile`.

    It can be played again and again: every run has codes of its own.
    """
    from launcher.story.client import ProblemError
    from launcher.story.stage import StoryError
    from launcher.story.telling import tell

    try:
        clean = tell(running().system(), console, students=students)
    except (StoryError, ProblemError) as problem:
        console.print("[bold red]The story stops here.[/]", end=" ")
        console.print(str(problem), markup=False, soft_wrap=True)
        raise typer.Exit(1) from None
    raise typer.Exit(0 if clean else 1)


def reconcile(
    patience: Annotated[float, typer.Option(min=0, help="Seconds for which a difference may pass by itself.")] = 15.0,
    copies: Annotated[
        bool, typer.Option("--copies", help="Also compare every local copy with its owner, row by row.")
    ] = False,
) -> None:
    """Check that the services and the ledger agree, one to one, from the admission on. Works while others work."""
    from launcher.reconcile.checking import lasting, reconcile, show, show_disagreements
    from launcher.reconcile.copies import compare_copies

    differing: list[Disagreement] = []
    with asking_databases(), Installation().system().databases() as databases:
        result = reconcile(databases, patience=patience)
        if copies:
            differing = lasting(lambda: compare_copies(databases), patience=patience)
    show(result, console)
    if differing:
        show_disagreements(differing, console)
    elif copies:
        console.print("[green]✓[/] Every copy is what its owner has.")
    raise typer.Exit(0 if result.clean and not differing else 1)


def verify_audit(
    service: Annotated[str | None, typer.Argument(help="Whose trail; everybody's when left out.")] = None,
    heads: Annotated[
        list[Path] | None,
        typer.Option(
            "--heads", exists=True, dir_okay=False, help="A daily export that was kept elsewhere. Repeatable."
        ),
    ] = None,
    heads_since: Annotated[
        datetime | None,
        typer.Option(help="Compare with what other services heard from this moment on: after a backup was put back."),
    ] = None,
) -> None:
    """Prove that nobody changed, removed or inserted an entry of the audit trail. Works while others work.

    Says of which entry or block that is not so, and ends with 1 then.
    """
    from chassis.work.audit_export import UnreadableHeadsError, read_heads
    from chassis.work.audit_verdict import prove
    from launcher.trail import show as show_verdict

    chosen = [known_service(service)] if service else service_names()
    try:
        exported = [head for file in heads or () for head in read_heads(file)]
    except UnreadableHeadsError as problem:
        raise typer.BadParameter(str(problem)) from None
    sound = True
    with asking_databases(), Installation().system().databases() as databases:
        for name in chosen:
            with counting(name) as tell:
                verdict = prove(databases, name, exported, heads_since and heads_since.astimezone(), tell)
            show_verdict(verdict, console)
            sound = sound and verdict.sound
    raise typer.Exit(0 if sound else 1)


def erase_audit(
    service: Annotated[str, typer.Argument(help="Whose entries.")],
    before: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="All that were sealed before this day.")],
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Don't ask.")] = False,
) -> None:
    """Erase old entries of the audit trail for good, which stays provable: at least 183 days old, whole blocks at a
    time. That it was done is an entry that stays."""
    from chassis.base.clock import SystemClock
    from chassis.declaring.service import load
    from chassis.work.audit_erasing import erase

    name = known_service(service)
    if not yes:
        typer.confirm(f"Erase what {name} noted before {before.date()}, for good?", abort=True)
    try:
        url = Installation().system().owner_url(name)
        with asking_databases(), step(f"Entries of {name} are erased") as tell:
            now = SystemClock().now()
            number = erase(url, load(declaring(name)), before.date(), now, lambda erased: tell(f"{erased:,}"))
    except ValueError as problem:
        raise typer.BadParameter(str(problem)) from None
    console.print(f"{number:,} erased.")
