"""Commands that show whether the system does what it should."""

from typing import TYPE_CHECKING, Annotated

import typer
from sqlalchemy.exc import OperationalError

from launcher.installation import Installation
from launcher.steps import console
from launcher.system import NotReadyError

if TYPE_CHECKING:  # what these commands import costs a second that the others do without
    from launcher.reconcile.agreement import Disagreement

PANEL = "Prove"


def register(app: typer.Typer) -> None:
    """Add these commands."""
    for command in (story, reconcile):
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
        clean = tell(_running().system(), console, students=students)
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
    """Check that courses, finance, exams and the ledger agree, one to one. Works while others work."""
    from launcher.reconcile.checking import lasting, reconcile, show, show_disagreements
    from launcher.reconcile.copies import compare_copies

    differing: list[Disagreement] = []
    try:
        with Installation().system().databases() as databases:
            result = reconcile(databases, patience=patience)
            if copies:
                differing = lasting(lambda: compare_copies(databases), patience=patience)
    except OperationalError:
        raise NotReadyError("the databases can't be reached; ./jiaowu up starts them") from None
    show(result, console)
    if differing:
        show_disagreements(differing, console)
    elif copies:
        console.print("[green]✓[/] Every copy is what its owner has.")
    raise typer.Exit(0 if result.clean and not differing else 1)


def _running() -> Installation:
    installation = Installation()
    if not installation.is_up():
        raise NotReadyError("the system is not running; ./jiaowu up starts it")
    return installation
