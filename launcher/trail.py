"""The services' audit trails, proven and shown."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from rich.console import Console
from rich.table import Table
from sqlalchemy import create_engine

from chassis.base.clock import SHANGHAI, SystemClock
from chassis.base.context import system_context
from chassis.data.database import Database
from chassis.work.audit_erasing import erase_some
from chassis.work.audit_heads import Head, heads_noted
from chassis.work.audit_proof import Damage, Finding, TrailProof, snapshot
from launcher.system import System

SHOWN = 20
"""Findings that are printed one by one."""

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


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of proving one service's trail: figures, how much of each damage, and the first of it."""

    proof: TrailProof
    counts: Mapping[Damage, int]
    first: Sequence[Finding]

    @property
    def sound(self) -> bool:
        """Whether nothing was found."""
        return not self.counts


def prove(
    databases: Mapping[str, Database],
    service: str,
    heads: Iterable[Head] = (),
    since: datetime | None = None,
    tell: Callable[[int, int], None] = lambda done, of: None,
) -> Verdict:
    """Prove a trail by itself, by the heads that other services noted (`since` an instant, or ever) and by `heads`."""
    known = [*heads, *_noted_elsewhere(databases, service, since)]
    counts: Counter[Damage] = Counter()
    first: list[Finding] = []
    with snapshot(databases[service]) as connection:
        proof = TrailProof(connection, service, known)
        for finding in proof.findings(tell):
            counts[finding.damage] += 1
            if len(first) < SHOWN:
                first.append(finding)
    return Verdict(proof, counts, first)


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
    table = Table("damage", "block", "entry", "when", "", box=None, pad_edge=False)
    for each in verdict.first:
        table.add_row(each.damage, str(each.sequence or ""), str(each.entry_id or ""), _shown(each.at), each.says)
    console.print(table)
    if (more := sum(verdict.counts.values()) - len(verdict.first)) > 0:
        console.print(f"    … and {more:,} more")


def erase(system: System, service: str, before: date, tell: Callable[[str], None]) -> int:
    """Let the entries go that were sealed before a day (Asia/Shanghai), some blocks at a time; how many. Raises
    ValueError for a day that is too late."""
    with system.databases() as databases:
        declared = databases[service].service
    until = datetime(before.year, before.month, before.day, tzinfo=SHANGHAI)
    engine = create_engine(system.owner_url(service), hide_parameters=True)
    erased, more = 0, True
    try:
        while more:
            with engine.begin() as connection:
                number = erase_some(connection, declared, until, SystemClock().now())
            more = number is not None
            erased += number or 0
            tell(f"{erased:,}")
    finally:
        engine.dispose()
    return erased


def _noted_elsewhere(databases: Mapping[str, Database], service: str, since: datetime | None) -> Iterable[Head]:
    for name, database in databases.items():
        if name != service:
            yield from database.run(system_context(), lambda uow: heads_noted(uow, service, since))


def _shown(instant: datetime | None) -> str:
    return instant.astimezone().strftime("%Y-%m-%d %H:%M:%S") if instant else ""
