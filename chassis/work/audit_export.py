"""The daily export: how far the audit trail is sealed, in a file that is to leave this machine.

What a service and the database's administrator can change on the server proves nothing against them; a copy elsewhere
does. A file a day and service, `courses-2026-11-26.jsonl`, of lines of JSON, a head each, the last one the newest:

    {"service": "courses", "sequence": 1204, "hash": "9f86d0…", "made_at": "2026-11-26T02:00:03.417123+00:00"}
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import orjson

from chassis.base.settings import settings
from chassis.data.unit_of_work import UnitOfWork
from chassis.work.audit_heads import Head, heads_noted, newest_head

EXPORTED_EVERY: Final = timedelta(minutes=10)
"""How often it is looked whether the day has its file."""
REACH: Final = timedelta(days=2)
"""For so long back a file has the heads that were told, so that two files in a row overlap."""


class UnreadableHeadsError(Exception):
    """A file is none of ours; the message names it and the line."""


def export_heads(uow: UnitOfWork) -> int:
    """Due job: write the file of today (Asia/Shanghai), where the operator has named a folder, nobody has written it
    yet and there is something to say. Raises OSError, and is done again."""
    folder = settings().heads_folder
    file = Path(folder) / f"{uow.service.name}-{uow.today}.jsonl"
    if not folder or file.exists() or (newest := newest_head(uow)) is None:
        return 0
    told = heads_noted(uow, uow.service.name, since=uow.now - REACH)
    _write(file, [*(head for head in told if head != newest), newest])
    return 0


def read_heads(file: Path) -> Iterator[Head]:
    """The heads of a file. Raises UnreadableHeadsError."""
    for number, line in enumerate(file.read_bytes().splitlines(), start=1):
        try:
            said = orjson.loads(line)
            made_at = datetime.fromisoformat(said["made_at"])
            yield Head(str(said["service"]), int(said["sequence"]), bytes.fromhex(said["hash"]), made_at)
        except (ValueError, KeyError, TypeError) as error:
            raise UnreadableHeadsError(f"{file}, line {number}, says nothing of an audit trail") from error


def _write(file: Path, heads: Sequence[Head]) -> None:
    """Whole or not at all: who carries it off may come at any moment."""
    lines = (
        orjson.dumps({"service": h.service, "sequence": h.sequence, "hash": h.hash.hex(), "made_at": h.made_at})
        for h in heads
    )
    half = file.with_suffix(f".{os.getpid()}")
    with half.open("wb") as written:
        written.write(b"".join(line + b"\n" for line in lines))
        written.flush()
        os.fsync(written.fileno())
    half.replace(file)
