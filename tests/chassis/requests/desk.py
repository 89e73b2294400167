"""What is done with a library's leaves in tests: people ask, librarians decide, files are uploaded."""

from __future__ import annotations

import io
from typing import Any
from uuid import UUID

from sqlalchemy import select

from chassis.base.context import Context
from chassis.papers.file_kinds import FileKind
from chassis.papers.store import FileStore
from chassis.testing.harness import ServiceHarness, acting
from contracts.requests import RequestResults
from contracts.types import FileReference
from tests.chassis.requests.leaves import AskForLeaves, leaves

HERE, ELSEWHERE = UUID(int=1), UUID(int=2)
ANN, BOB, MONK, STRANGER = (UUID(int=number) for number in (11, 12, 13, 14))
READERS = [(ANN, HERE, "Ann"), (BOB, HERE, "Bob"), (MONK, HERE, "Monk"), (STRANGER, ELSEWHERE, "Zoe")]
CLERK = acting("library.ask", scope="point", teaching_point_id=HERE)
NEIGHBOUR = acting("library.ask", scope="point", teaching_point_id=ELSEWHERE)
PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


def librarian(**who: Any) -> Context:
    return acting("library.decide", **who)


def ask(library: ServiceHarness, *ids: UUID, as_: Context = CLERK, **fields: Any) -> RequestResults:
    answer: RequestResults = library.run(AskForLeaves(reader_ids=ids, **{"days": 3, "reason": "探亲", **fields}), as_)
    return answer


def asked(library: ServiceHarness, *ids: UUID, **fields: Any) -> tuple[UUID, ...]:
    made = tuple(item.request_id for item in ask(library, *ids, **fields).items if item.request_id)
    assert len(made) == len(ids)
    return made


def upload(store: FileStore, content: bytes = PDF, name: str = "证明.pdf", as_: Context = CLERK) -> FileReference:
    whose: dict[str, Any] = {"uploader": as_.actor, "announced": len(content), "max_bytes": 10**7}
    return store.upload(io.BytesIO(content), name=name, allowed=tuple(FileKind), **whose)


def states(library: ServiceHarness) -> list[str]:
    return [row.state for row in library.rows(select(leaves.c.state).order_by(leaves.c.id))]
