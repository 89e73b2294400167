"""Proves audit trails, or erases old entries, where there is no `./jiaowu`: by hand, in the container of a job.

    python -m chassis.provisioning.trail verify services.identity.service services.courses.service --heads FILE
    python -m chassis.provisioning.trail erase services.courses.service --before 2025-01-01

From JIAOWU_POSTGRES_URL, an administrator's. Ends with 1 where something was found.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterable, Sequence
from contextlib import ExitStack, closing
from datetime import date, datetime
from pathlib import Path

from sqlalchemy.engine import make_url

from chassis.base.clock import SystemClock
from chassis.data.database import Database
from chassis.declaring.service import Service, load
from chassis.work.audit_erasing import erase
from chassis.work.audit_export import read_heads
from chassis.work.audit_verdict import Verdict, prove


def main(arguments: Iterable[str] | None = None) -> int:
    """Do it, and say what came of it in a line a service and one a finding."""
    parser = argparse.ArgumentParser(prog="python -m chassis.provisioning.trail", description=__doc__)
    parser.add_argument("what", choices=("verify", "erase"))
    parser.add_argument("services", nargs="+", help="modules that declare services, such as services.courses.service")
    parser.add_argument("--heads", nargs="*", type=Path, default=[], help="daily exports")
    parser.add_argument("--heads-since", type=datetime.fromisoformat, help="leave out what others noted before")
    parser.add_argument("--before", type=date.fromisoformat, help="erase what was sealed before this day")
    options = parser.parse_args(None if arguments is None else list(arguments))
    services = [load(path) for path in options.services]
    if options.what == "verify":
        return _verify(services, options)
    if options.before is None:
        parser.error("--before says what is to be erased")
    try:
        for service in services:
            number = erase(_url(service), service, options.before, SystemClock().now())
            sys.stdout.write(f"{service.name}: {number} erased\n")
    except ValueError as problem:
        parser.error(str(problem))
    return 0


def _verify(services: Sequence[type[Service]], options: argparse.Namespace) -> int:
    heads = [head for file in options.heads for head in read_heads(file)]
    since: datetime | None = options.heads_since and options.heads_since.astimezone()
    with ExitStack() as opened:
        databases = {
            service.name: opened.enter_context(closing(Database(_url(service), service, pool_size=1)))
            for service in services
        }
        verdicts = [prove(databases, name, heads, since) for name in databases]
    for verdict in verdicts:
        _tell(verdict)
    return 0 if all(verdict.sound for verdict in verdicts) else 1


def _tell(verdict: Verdict) -> None:
    proof = verdict.proof
    counts = ", ".join(f"{number} {damage}" for damage, number in verdict.counts.items()) or "sound"
    figures = f"{proof.entries} entries, {proof.blocks} blocks, {proof.waiting} waiting, {proof.compared} heads"
    sys.stdout.write(f"{proof.service}: {counts} ({figures})\n")
    for each in verdict.first:
        at = each.at.isoformat() if each.at else "-"
        sys.stdout.write(f"  {each.damage} block={each.sequence} entry={each.entry_id} at={at} {each.says}\n")


def _url(service: type[Service]) -> str:
    url = make_url(os.environ["JIAOWU_POSTGRES_URL"]).set(database=f"jiaowu_{service.name}")
    return url.render_as_string(hide_password=False)


if __name__ == "__main__":
    sys.exit(main())
