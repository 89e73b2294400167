"""Files of requests: what is taken, and who is given it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select

from chassis.papers.file_kinds import FileKind
from chassis.papers.store import FileStore
from chassis.requests.showing import Shown, attaching
from chassis.testing.harness import ServiceHarness, acting
from chassis.work.workflow import Step, decider
from contracts.errors import ServiceError
from contracts.settings import ChangeSetting
from contracts.types import FileReference
from tests.chassis.requests.desk import (
    ANN,
    BOB,
    CLERK,
    NEIGHBOUR,
    PDF,
    ask,
    asked,
    librarian,
    states,
    upload,
)
from tests.chassis.requests.leaves import (
    LEAVE,
    LEAVES,
    AddLeaveFiles,
    AskForLeaves,
    GetLeave,
    GetLeaveFile,
    GrantLeaves,
    readers,
)


def test_files_come_with_a_request_or_later_and_are_given_to_whoever_sees_it(
    library: ServiceHarness, store: FileStore
) -> None:
    (id_,) = asked(library, ANN, attachments=(upload(store),))
    version = library.ask(GetLeave(leave_id=id_), CLERK).version
    more = AddLeaveFiles(leave_id=id_, version=version, attachments=(upload(store, PDF + b"\n", "车票.pdf"),))
    view = library.run(more, CLERK)
    assert [(each.name, each.added_by_name) for each in view.attachments] == [
        ("证明.pdf", CLERK.actor.name),
        ("车票.pdf", CLERK.actor.name),
    ]
    wanted = GetLeaveFile(leave_id=id_, file_id=view.attachments[1].file_id)
    for who in (CLERK, librarian()):
        assert library.ask(wanted, who).name == "车票.pdf"
    assert library.refusal(wanted, NEIGHBOUR).code == "not_found"
    (other,) = asked(library, BOB)
    elsewhere = GetLeaveFile(leave_id=other, file_id=wanted.file_id)
    assert library.refusal(elsewhere, CLERK).code == "not_found", "it belongs to another request"


def test_files_that_a_kind_does_not_take_are_refused_with_the_whole_request(
    library: ServiceHarness, store: FileStore
) -> None:
    def refusal(*given: FileReference) -> ServiceError:
        command = AskForLeaves(reader_ids=(ANN,), days=1, reason="探亲", attachments=given)
        return library.refusal(command, CLERK)

    table = FileReference(sha256="0" * 64, size=9, media_type=FileKind.XLSX.content_type, name="a.xlsx")
    assert refusal(table).code == "file_type_not_allowed"
    assert refusal(upload(store, as_=NEIGHBOUR)).code == "file_missing", "somebody else's upload"
    large = upload(store).model_copy(update={"size": 5 * 1024 * 1024 + 1})
    assert refusal(large).code == "file_too_large"
    assert refusal(*[upload(store)] * 4).code == "too_many_files"
    assert states(library) == []


def test_nothing_is_added_to_what_is_decided(library: ServiceHarness, store: FileStore) -> None:
    (id_,) = asked(library, ANN)
    library.run(GrantLeaves(leave_ids=(id_,)), librarian())
    version = library.ask(GetLeave(leave_id=id_), CLERK).version
    late = AddLeaveFiles(leave_id=id_, version=version, attachments=(upload(store),))
    assert library.refusal(late, CLERK).code == "step_not_allowed"


def test_a_step_that_is_left_for_later_is_no_decision_that_files_could_come_before(
    library: ServiceHarness, store: FileStore
) -> None:
    annul = Step("granted", "annul", decider("library.decide"), "revoked")
    kind = replace(LEAVES, flow=replace(LEAVE, steps=(*LEAVE.steps, annul)))
    (id_,) = asked(library, ANN)
    library.run(GrantLeaves(leave_ids=(id_,)), librarian())
    version = library.ask(GetLeave(leave_id=id_), CLERK).version
    late = AddLeaveFiles(leave_id=id_, version=version, attachments=(upload(store),))
    add = attaching(Shown(kind), AddLeaveFiles)
    with pytest.raises(ServiceError, match="step_not_allowed"):
        library.database.run(CLERK, lambda uow: add(late, uow))


def test_files_are_added_while_a_second_one_has_still_to_look_and_raise_the_version(
    library: ServiceHarness, store: FileStore
) -> None:
    library.run(ChangeSetting(name="two_looks", value=True, version=1, reason="新规定"), acting())
    (id_,) = asked(library, ANN)
    library.run(GrantLeaves(leave_ids=(id_,)), librarian())
    seen = library.ask(GetLeave(leave_id=id_), CLERK)
    after = library.run(AddLeaveFiles(leave_id=id_, version=seen.version, attachments=(upload(store),)), CLERK)
    assert (seen.state, len(after.attachments), after.version) == ("seen", 1, seen.version + 1)


def test_only_who_entered_a_request_adds_to_it(library: ServiceHarness, store: FileStore) -> None:
    """Least of all who decides about it."""
    (id_,) = asked(library, ANN)
    version = library.ask(GetLeave(leave_id=id_), CLERK).version
    colleague = acting("library.ask", scope="point", teaching_point_id=CLERK.actor.teaching_point_id)
    for who in (colleague, acting("library.ask")):
        add = AddLeaveFiles(leave_id=id_, version=version, attachments=(upload(store, as_=who),))
        assert library.refusal(add, who).code == "not_own_request"
    assert library.ask(GetLeave(leave_id=id_), CLERK).attachments == ()


def test_a_kind_without_attachments_takes_none(library: ServiceHarness) -> None:
    plain = replace(LEAVES, attachments=None)

    def work(uow: Any) -> None:
        reader = uow.rows(select(readers).where(readers.c.id == ANN))
        rows = list(plain.open(uow, reader, "探亲", days=1).values())
        plain.attach(uow, rows, [FileReference(sha256="0" * 64, size=1, media_type="application/pdf", name="a.pdf")])

    with pytest.raises(LookupError, match="leaves take no attachments"):
        library.database.run(CLERK, work)


def test_files_that_were_there_count_and_what_was_added_is_in_the_trail(
    library: ServiceHarness, store: FileStore
) -> None:
    (id_,) = asked(library, ANN, attachments=(upload(store), upload(store, PDF + b"\n")))
    version = library.ask(GetLeave(leave_id=id_), CLERK).version
    third, fourth = upload(store, PDF + b"\n\n", "三.pdf"), upload(store, PDF + b"\n\n\n")
    both = AddLeaveFiles(leave_id=id_, version=version, attachments=(third, fourth))
    assert library.refusal(both, CLERK).code == "too_many_files"
    library.run(AddLeaveFiles(leave_id=id_, version=version, attachments=(third,)), CLERK)
    audit = library.table("audit_entries")
    [added] = library.rows(select(audit.c.after).where(audit.c.object_id == id_, audit.c.action == "attach"))
    assert added.after == {"files": [third.sha256]}, "by its content: what people call their files tells of them"


def test_an_upload_that_a_try_looked_at_is_there_for_the_real_request(
    library: ServiceHarness, store: FileStore
) -> None:
    given = upload(store)
    assert ask(library, ANN, attachments=(given,), dry_run=True).done == 1
    (id_,) = asked(library, ANN, attachments=(given,))
    assert [each.name for each in library.ask(GetLeave(leave_id=id_), CLERK).attachments] == ["证明.pdf"]
