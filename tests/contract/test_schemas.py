"""The committed JSON Schemas are those of the models, and a change that would break somebody is caught."""

from typing import Annotated, ClassVar, Literal

import pytest
from pydantic import Field

from contracts.base import Command, Contract, Fact, Operation, View
from contracts.schemas.compatibility import breaks
from contracts.schemas.generate import Document, committed, document, documents


@pytest.fixture(scope="module")
def made() -> dict[str, Document]:
    return documents()


def test_no_contract_breaks_those_who_have_not_moved(made: dict[str, Document]) -> None:
    broken = [problem for name, old in committed().items() for problem in breaks(old, made[name])]
    assert not broken, "make a new message or event version instead"


def test_the_committed_schemas_are_those_of_the_models(made: dict[str, Document]) -> None:
    before = committed()
    differing = [name for name in {*made, *before} if made.get(name) != before.get(name)]
    assert not differing, "run python -m contracts.schemas and commit what it writes"


class Answer(View):
    """What is answered."""

    total: int
    state: str | None = None


def _variant(kind: type[Contract], fields: dict[str, object], answers: type[View] = Answer) -> Document:
    """The document of one message `Sample`, made of these annotations and defaults."""
    namespace: dict[str, object] = {"__module__": "made_up", "__annotations__": {}}
    for name, field in fields.items():
        annotation, *default = field if isinstance(field, tuple) else (field,)
        namespace["__annotations__"][name] = annotation  # type: ignore[index]
        if default:
            namespace[name] = default[0]
    if issubclass(kind, Operation):
        return document([type("Sample", (kind,), namespace, answers=answers)], [])
    return document([], [type("Sample", (kind,), namespace)])


Short = Annotated[str, Field(max_length=5)]
Long = Annotated[str, Field(max_length=50)]
ShortCode = Annotated[str, Field(pattern="^[a-z][a-z0-9]{1,4}$")]
LongCode = Annotated[str, Field(pattern="^[a-z][a-z0-9]{0,9}$")]
OtherCode = Annotated[str, Field(pattern="^[A-Z][A-Z0-9]{0,9}$")]

Choice2 = Literal["a", "b"]
Choice3 = Literal["a", "b", "c"]

BREAKING = {
    "a field of a command is gone": (Command, {"name": str, "note": str}, {"name": str}),
    "a field of a command is renamed": (Command, {"name": str}, {"title": str}),
    "a field of a command is retyped": (Command, {"count": int}, {"count": str}),
    "a command needs a new field": (Command, {"name": str}, {"name": str, "note": str}),
    "an optional field of a command becomes required": (Command, {"name": (str, "x")}, {"name": str}),
    "a command takes shorter text than before": (Command, {"name": Long}, {"name": Short}),
    "a command takes shorter codes than before": (Command, {"code": LongCode}, {"code": ShortCode}),
    "a command takes other codes than before": (Command, {"code": ShortCode}, {"code": OtherCode}),
    "a command asks for a form that it did not ask for": (Command, {"code": str}, {"code": ShortCode}),
    "an event carries longer codes than readers take": (Fact, {"code": ShortCode}, {"code": LongCode}),
    "a command no longer takes nothing for a field": (Command, {"name": (str | None, None)}, {"name": (str, "")}),
    "a field of an event is gone": (Fact, {"name": str, "note": str}, {"name": str}),
    "a field of an event is renamed": (Fact, {"name": str}, {"title": str}),
    "a field of an event is retyped": (Fact, {"count": int}, {"count": str}),
    "an event has a new required field": (Fact, {"name": str}, {"name": str, "note": str}),
    "a field of an event may now be empty": (Fact, {"name": str}, {"name": str | None}),
    "an event carries more rows than readers take": (
        Fact,
        {"rows": Annotated[tuple[int, ...], Field(max_length=5)]},
        {"rows": Annotated[tuple[int, ...], Field(max_length=9)]},
    ),
    "a command no longer takes a choice": (Command, {"kind": Choice3}, {"kind": Choice2}),
    "an event may say a choice that readers do not know": (Fact, {"kind": Choice2}, {"kind": Choice3}),
    "an event no longer reads a choice that may wait in a queue": (Fact, {"kind": Choice3}, {"kind": Choice2}),
    "the rows of an event are retyped": (Fact, {"rows": tuple[int, ...]}, {"rows": tuple[str, ...]}),
}
HARMLESS = {
    "a command takes a new optional field": (Command, {"name": str}, {"name": str, "note": (str | None, None)}),
    "a command takes longer text": (Command, {"name": Short}, {"name": Long}),
    "a command takes longer codes": (Command, {"code": ShortCode}, {"code": LongCode}),
    "a command takes any code": (Command, {"code": ShortCode}, {"code": str}),
    "a command takes another choice": (Command, {"kind": Choice2}, {"kind": Choice3}),
    "a command may leave a field out": (Command, {"name": str}, {"name": (str, "x")}),
    "a command may say that a field is empty": (Command, {"name": str}, {"name": str | None}),
    "an event has a new optional field": (Fact, {"name": str}, {"name": str, "note": (str | None, None)}),
    "nothing changes": (Fact, {"name": str, "rows": tuple[int, ...]}, {"name": str, "rows": tuple[int, ...]}),
}


@pytest.mark.parametrize("change", BREAKING)
def test_a_breaking_change_is_caught(change: str) -> None:
    kind, before, after = BREAKING[change]
    assert breaks(_variant(kind, before), _variant(kind, after))


@pytest.mark.parametrize("change", HARMLESS)
def test_a_harmless_change_is_let_through(change: str) -> None:
    kind, before, after = HARMLESS[change]
    assert breaks(_variant(kind, before), _variant(kind, after)) == []


class AnswerWithoutState(View):
    """The answer with a field gone."""

    total: int


class AnswerThatCounts(View):
    """The answer with a new required field."""

    total: int
    state: str | None = None
    count: int


class AnswerWithNote(View):
    """The answer with a new optional field."""

    total: int
    state: str | None = None
    note: str | None = None


@pytest.mark.parametrize(("answer", "breaking"), [(AnswerWithoutState, 1), (AnswerThatCounts, 1), (AnswerWithNote, 0)])
def test_a_changed_answer_is_judged_like_an_event(answer: type[View], breaking: int) -> None:
    before, after = _variant(Command, {"name": str}), _variant(Command, {"name": str}, answers=answer)
    assert len(breaks(before, after)) == breaking


def test_a_message_that_is_gone_breaks_its_users() -> None:
    for kind in (Command, Fact):
        assert breaks(_variant(kind, {"name": str}), document([], []))


class Tree(Contract):
    """Refers to itself."""

    below: "tuple[Tree, ...]" = ()
    size: int


class Forest(Fact):
    """Holds trees."""

    version: ClassVar[int] = 1
    trees: tuple[Tree, ...]


def test_definitions_that_refer_to_themselves_are_compared_once() -> None:
    made_up = document([], [Forest])
    assert breaks(made_up, made_up) == []
