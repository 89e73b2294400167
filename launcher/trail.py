"""What came of proving the services' audit trails, for people."""

from collections.abc import Mapping
from datetime import datetime

from rich.console import Console
from rich.table import Table

from chassis.work.audit_proof import Damage
from chassis.work.audit_verdict import Verdict

MEANING: Mapping[Damage, str] = {
    Damage.ENTRY_CHANGED: "entries were changed",
    Damage.ENTRY_MISSING: "entries are missing",
    Damage.ENTRY_INSERTED: "entries were inserted, or their block was taken away",
    Damage.ERASED_EARLY: "entries were erased before their time",
    Damage.BLOCK_CHANGED: "blocks were changed",
    Damage.BLOCK_MISSING: "blocks are missing",
    Damage.BLOCK_OUT_OF_LINE: "blocks do not follow the one before",
    Damage.CHAIN_REWRITTEN: "blocks are others than those that were told of",
    Damage.CHAIN_CUT_SHORT: "the chain ends before a block that was told of",
}


_ID = 36
"""Characters of an id."""


def show(verdict: Verdict, console: Console) -> None:
    """Print one service's verdict."""
    proof = verdict.proof
    figures = [f"{proof.entries:,} entries in {proof.blocks:,} blocks", f"{proof.waiting:,} wait for theirs"]
    if proof.erased:
        figures.append(f"{proof.erased:,} erased in time")
    figures.append(f"compared with {proof.compared:,} heads")
    mark = "[green]✓[/]" if verdict.sound else "[red]✗[/]"
    console.print(f"{mark} [bold]{proof.service:<9}[/] {', '.join(figures)}")
    if verdict.sound:
        return
    for damage, count in verdict.counts.items():
        console.print(f"    [red]{count:>9,}[/] {MEANING[damage]} [dim]{damage}[/]")
    table = Table("damage", "block", box=None, pad_edge=False)
    table.add_column("entry", min_width=_ID)  # whole, however narrow the terminal is
    table.add_column("when")
    table.add_column("")
    for each in verdict.first:
        table.add_row(each.damage, str(each.sequence or ""), str(each.entry_id or ""), _shown(each.at), each.says)
    console.print(table)
    if (more := sum(verdict.counts.values()) - len(verdict.first)) > 0:
        console.print(f"    … and {more:,} more")


def _shown(instant: datetime | None) -> str:
    return instant.astimezone().strftime("%Y-%m-%d %H:%M:%S") if instant else ""
