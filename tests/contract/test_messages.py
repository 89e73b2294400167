"""Rules that every command, query, view and event keeps."""

from collections.abc import Iterator
from datetime import UTC, datetime
from math import inf, prod
from typing import Any
from uuid import UUID, uuid4

import pytest
from pydantic import ValidationError

from contracts.base import (
    EVENTS,
    OPERATIONS,
    Command,
    Contract,
    Envelope,
    Event,
    Fact,
    KeysetQuery,
    Operation,
    Page,
    PageQuery,
    State,
    StateItem,
    TryableCommand,
    UnknownEvent,
    View,
    exchange,
    method_name,
    routing_key,
    service_name,
    type_name,
)
from contracts.common import GetTask, of_service
from contracts.copies import copy_reply_key, copy_request_key
from contracts.documents import IssueDocuments
from contracts.every_service import COMMON_OPERATIONS
from contracts.schemas.generate import load_all
from contracts.types import FileReference
from tests.builders import messages
from tests.workflows import every_workflow

load_all()
OWN_OPERATIONS = [
    operation
    for (service, _), operation in sorted(OPERATIONS.items())
    if operation.__module__.startswith(f"contracts.{service}.")
] + list(COMMON_OPERATIONS)
OWN_EVENTS = [event for event in EVENTS.values() if event.__module__.startswith("contracts.")]


def _name(contract: type[Contract]) -> str:
    return f"{contract.__module__.removeprefix('contracts.')}.{contract.__name__}"


def _objects(schema: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    yield str(schema.get("title")), schema
    yield from schema.get("$defs", {}).items()


@pytest.mark.parametrize("operation", OWN_OPERATIONS, ids=_name)
def test_an_operation_is_described_and_answers_a_view(operation: type[Operation]) -> None:
    assert issubclass(operation.answers, View)
    assert operation.__doc__
    assert operation.model_config["extra"] == "forbid"
    assert operation.model_config["frozen"]


@pytest.mark.parametrize("operation", OWN_OPERATIONS, ids=_name)
def test_every_field_of_an_operation_is_described_with_an_example(operation: type[Operation]) -> None:
    schema = operation.model_json_schema()
    for name, part in _objects(schema):
        if part.get("type") != "object" or name == FileReference.__name__:
            continue
        assert part.get("additionalProperties") is False, f"{name} takes unknown fields"
        for field, about in part.get("properties", {}).items():
            assert about.get("description"), f"{name}.{field} lacks a description"
            assert _shows(about, schema.get("$defs", {})), f"{name}.{field} lacks an example"


def _shows(about: dict[str, Any], definitions: dict[str, Any]) -> bool:
    """Whether the schema says what a value looks like. A file is uploaded as bytes: nobody writes a reference."""
    if about.get("$ref", "").endswith("/FileReference"):
        return True
    if "$ref" in about:
        return _shows(definitions[about["$ref"].rpartition("/")[2]], definitions)
    if any(key in about for key in ("examples", "enum", "const")) or about.get("type") in ("boolean", "null"):
        return True
    if about.get("type") == "object":
        return all(_shows(part, definitions) for part in about.get("properties", {}).values())
    if "items" in about:
        return _shows(about["items"], definitions)
    return any(_shows(part, definitions) for part in about.get("anyOf", ()) if part.get("type") != "null")


@pytest.mark.parametrize("operation", OWN_OPERATIONS, ids=_name)
def test_text_and_lists_of_an_operation_are_bounded(operation: type[Operation]) -> None:
    for name, part in _objects(operation.model_json_schema()):
        for field, about in part.get("properties", {}).items():
            for choice in (about, *about.get("anyOf", ())):
                if choice.get("type") == "string":
                    bounded = {"maxLength", "enum", "const", "format", "pattern"} & choice.keys()
                    assert bounded, f"{name}.{field} is text without bounds"
                if choice.get("type") == "array":
                    assert "maxItems" in choice, f"{name}.{field} is a list without bounds"


MOST_ROWS = 5_000
"""Ids or rows that one request may name, and rows that one answer lists."""
NESTED = {"create_programme": 20_000, "update_programme": 20_000}
"""Operations whose rows have rows of their own, with the most that all come to: a programme's modules and courses."""
MULTIPLIED = {"select_courses_in_batch": 100_000}
"""Operations that ask for each of one list with each of another, with the most pairs that come to. What is more than a
few thousand of them is counted by the lengths of the lists, and made a task, before anything is looked up."""


@pytest.mark.parametrize("operation", OWN_OPERATIONS, ids=_name)
def test_what_an_operation_asks_for_has_an_end_that_is_known_beforehand(operation: type[Operation]) -> None:
    schema = operation.model_json_schema()
    sizes = [most(field, schema.get("$defs", {})) for field in schema.get("properties", {}).values()]
    name = method_name(operation)
    assert sum(size for size in sizes if size > 1) <= NESTED.get(name, MOST_ROWS)
    if name in MULTIPLIED:
        assert prod(sizes) <= MULTIPLIED[name]
    if issubclass(operation, PageQuery | KeysetQuery):
        limit = schema["properties"]["size" if issubclass(operation, PageQuery) else "limit"]
        assert limit["maximum"] <= (200 if issubclass(operation, PageQuery) else MOST_ROWS)


def most(schema: dict[str, Any], definitions: dict[str, Any]) -> float:
    """How many values a field may hold at most, those in lists of lists too."""
    if "$ref" in schema:
        return most(definitions[schema["$ref"].rpartition("/")[2]], definitions)
    if "anyOf" in schema:
        return max(most(option, definitions) for option in schema["anyOf"])
    if schema.get("type") == "array":
        return float(schema.get("maxItems", inf)) * rows_in(schema["items"], definitions)
    return rows_in(schema, definitions)


def rows_in(schema: dict[str, Any], definitions: dict[str, Any]) -> float:
    """How many rows of its own one value has: what its lists hold; itself, where it has none."""
    if "$ref" in schema:
        return rows_in(definitions[schema["$ref"].rpartition("/")[2]], definitions)
    lists = [most(each, definitions) for each in schema.get("properties", {}).values() if each.get("type") == "array"]
    return max(1, sum(lists))


@pytest.mark.parametrize(
    "operation", [operation for operation in OWN_OPERATIONS if issubclass(operation, PageQuery)], ids=_name
)
def test_a_paged_question_is_answered_with_a_page(operation: type[Operation]) -> None:
    assert Page.model_fields.keys() == operation.answers.model_fields.keys()


def test_a_list_promises_filters_that_it_has_and_no_pair_of_what_it_is_not_quick_by_alone() -> None:
    for declared in ({"together": (("colour", "size"),)}, {"looked_at": ("colour",)}):
        with pytest.raises(TypeError, match="has no filter colour"):
            type(
                "ListNothings",
                (PageQuery,),
                {"__module__": "contracts.common"},
                answers=Page[FileReference],
                **declared,
            )
    with pytest.raises(TypeError, match="promises number"):

        class ListNumbers(
            PageQuery, answers=Page[FileReference], together=(("number", "kind"),), looked_at=("number",)
        ):
            number: str | None = None
            kind: str | None = None


@pytest.mark.parametrize("event", OWN_EVENTS, ids=_name)
def test_an_event_belongs_to_one_owner_and_is_a_fact_or_a_state(event: type[Event]) -> None:
    module = event.__module__.split(".")
    assert event.owner == module[1]
    assert event.version >= 1
    assert issubclass(event, Fact | State) or event.owner == "copies"


@pytest.mark.parametrize("event", [event for event in OWN_EVENTS if issubclass(event, State)], ids=_name)
def test_a_state_tells_full_items_with_version_and_tombstone(event: type[State[Any]]) -> None:
    item = event.item_class()
    assert issubclass(item, StateItem)
    assert {"id", "version", "deleted"} < item.model_fields.keys()


@pytest.mark.parametrize("event", [event for event in OWN_EVENTS if event.owner != "device"], ids=_name)
def test_rows_of_an_event_are_at_most_500(event: type[Event]) -> None:
    for name, about in event.model_json_schema().get("properties", {}).items():
        if about.get("type") == "array":
            assert about.get("maxItems") == 500, name


def test_an_event_reads_what_a_newer_sender_added() -> None:
    withdrawals = EVENTS["withdrawals_sent_to_finance", 1]
    assert withdrawals.model_validate({"withdrawals": [], "added_later": 1})


_DECIDES = ("Approve", "Reject", "Revoke", "Confirm", "Publish", "Cancel")
_DECISIONS = {step.action for _, flow in every_workflow() for step in flow.steps if step.who.decides}
_NOT_TRIED = {
    "SelectCoursesInBatch": "tries by itself: a large one in a task, over several transactions",
    "CancelTask": "is about one's own waiting task",
    "MarkNoticesRead": "tells only what oneself has read",
}


def test_every_decision_and_every_command_about_many_rows_can_be_tried() -> None:
    for command in (each for each in OWN_OPERATIONS if issubclass(each, Command) and not each.secret):
        about_many = any(name.endswith("_ids") for name in command.model_fields)
        decides = method_name(command).startswith(tuple(f"{action}_" for action in _DECISIONS))
        if about_many or decides or command.__name__.startswith(_DECIDES):
            tried = issubclass(command, TryableCommand)
            assert tried != (command.__name__ in _NOT_TRIED), command.__name__
    by_themselves = [each for each in OWN_OPERATIONS if issubclass(each, IssueDocuments)]
    assert by_themselves
    assert all("dry_run" in each.model_fields for each in by_themselves)


def test_a_command_refuses_unknown_fields() -> None:
    with pytest.raises(ValidationError):
        GetTask.model_validate({"task_id": f"courses.{uuid4()}", "tasj_id": 1})


def test_names_on_the_wire() -> None:
    paid = EVENTS["bills_paid", 2]
    assert (exchange(paid.owner), routing_key(paid), type_name(paid)) == (
        "finance.events",
        "bills_paid.v2",
        "bills_paid",
    )
    selecting = OPERATIONS["courses", "select_courses"]
    assert (service_name(selecting), method_name(selecting)) == ("courses", "select_courses")
    assert copy_request_key("student_state") == "requested.student_state"
    assert copy_reply_key("courses") == "reply.courses"


def test_one_contract_serves_every_service_under_its_own_name() -> None:
    ours, theirs = of_service("courses", GetTask), of_service("finance", GetTask)
    assert (service_name(ours), service_name(theirs)) == ("courses", "finance")
    assert method_name(ours) == method_name(theirs) == "get_task"
    assert of_service("courses", GetTask) is ours
    assert ours.answers is GetTask.answers


def test_two_events_of_one_name_and_version_are_refused() -> None:
    with pytest.raises(TypeError, match="bills_paid"):
        type("BillsPaid", (Fact,), {"__module__": "elsewhere"}, owner="other", version=2)


class Sample(Fact):
    """An event that is registered only inside its test."""

    number: int


def test_an_envelope_brings_an_event_over_the_wire(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Sample, "version", 1)
    monkeypatch.setitem(EVENTS, ("sample", 1), Sample)
    now, correlation = datetime.now(UTC), uuid4()
    sent = Envelope.of(Sample(number=3), event_id=uuid4(), occurred_at=now, correlation_id=correlation)
    received = Envelope.model_validate(sent.model_dump(mode="json"))
    assert received == sent
    assert received.event() == Sample(number=3)


def test_an_unknown_event_version_says_so() -> None:
    envelope = Envelope(
        event_id=uuid4(), type="sample", version=99, occurred_at=datetime.now(UTC), correlation_id=UUID(int=1), data={}
    )
    with pytest.raises(UnknownEvent, match=r"sample\.v99"):
        envelope.event()


def test_secrets_do_not_show_when_a_command_is_printed() -> None:
    signing_in = OPERATIONS["identity", "sign_in"].model_validate({"username": "someone", "password": "s3cret-w0rd"})
    assert "s3cret-w0rd" not in repr(signing_in)
    assert issubclass(type(signing_in), Command)
    assert signing_in.secret


@pytest.mark.parametrize("kind", messages.BUILT, ids=lambda kind: kind.__name__)
def test_what_a_builder_makes_survives_the_wire(kind: type[Contract]) -> None:
    made = messages.a(kind)
    assert kind.model_validate(made.model_dump(mode="json")) == made


@pytest.mark.parametrize("event", OWN_EVENTS, ids=_name)
def test_an_event_of_many_rows_names_their_field(event: type[Event]) -> None:
    """Else one bad row is the end of all the others."""
    many = [name for name, field in event.model_fields.items() if any(hasattr(m, "max_length") for m in field.metadata)]
    assert [event.rows_field] == (many or [None])
    assert event.rows_field is None or event.rows_field in event.model_fields
