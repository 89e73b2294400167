"""The whole proof of a service's audit trail: by itself, by what other services noted of it, and by exports."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from chassis.base.context import system_context
from chassis.data.database import Database
from chassis.work.audit_heads import Head, heads_noted
from chassis.work.audit_proof import Damage, Finding, TrailProof, snapshot

SHOWN: Final = 20
"""Findings that are told one by one; all are counted."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of it: figures, how much of each damage, and the first of it."""

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
    """Prove the trail of one of these services by itself, by the heads that the others noted (`since` an instant, or
    ever) and by `heads`."""
    known = [*heads, *_noted_elsewhere(databases, service, since)]  # before the snapshot, which then has their blocks
    counts: Counter[Damage] = Counter()
    first: list[Finding] = []
    with snapshot(databases[service]) as connection:
        proof = TrailProof(connection, service, known)
        for finding in proof.findings(tell):
            counts[finding.damage] += 1
            if len(first) < SHOWN:
                first.append(finding)
    return Verdict(proof, counts, first)


def _noted_elsewhere(databases: Mapping[str, Database], service: str, since: datetime | None) -> Iterator[Head]:
    for name, database in databases.items():
        if name != service:
            yield from database.run(system_context(), lambda uow: heads_noted(uow, service, since))
