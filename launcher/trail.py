"""What came of proving the services' audit trails, for people."""

from collections.abc import Mapping
from datetime import datetime

from rich.console import Console

from chassis.work.audit_proof import Damage
from chassis.work.audit_verdict import Verdict

MEANING: Mapping[Damage, str] = {
    Damage.ENTRY_CHANGED: "changed entries",
    Damage.ENTRY_MISSING: "missing entries",
    Damage.ENTRY_INSERTED: "inserted entries, or such whose block was taken away",
    Damage.ERASED_EARLY: "entries that were erased before their time",
    Damage.BLOCK_CHANGED: "changed blocks",
    Damage.BLOCK_MISSING: "gaps between blocks",
    Damage.BLOCK_OUT_OF_LINE: "blocks that do not follow the one before",
    Damage.CHAIN_REWRITTEN: "blocks that are not those that others were told of",
    Damage.CHAIN_CUT_SHORT: "an end before a block that others were told of",
}


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
        console.print(f"    [red]{MEANING[damage]}[/]: {count:,}")
    for each in verdict.first:
        # In one line, however narrow the terminal is: ids are copied from it.
        where = f"block {each.sequence or '-':<7} entry {each.entry_id or '-'!s:<36} {_shown(each.at)}"
        console.print(f"    [bold]{each.damage:<17}[/] {where}  {each.says}".rstrip(), soft_wrap=True)
    if (more := sum(verdict.counts.values()) - len(verdict.first)) > 0:
        console.print(f"    … and {more:,} more")


def _shown(instant: datetime | None) -> str:
    return instant.astimezone().strftime("%Y-%m-%d %H:%M:%S") if instant else ""
