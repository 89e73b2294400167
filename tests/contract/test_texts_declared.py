"""Every text of a contract says what kind it is: what comes in is cleaned by it, what is stored is refused nowhere."""

from collections.abc import Iterator
from typing import Annotated, Any, get_args, get_origin, get_type_hints

import pytest
from pydantic import AfterValidator

from contracts.base import EVENTS, OPERATIONS, Contract, Operation
from contracts.errors import JsonValue
from contracts.every_service import COMMON_OPERATIONS
from contracts.schemas.generate import load_all
from contracts.stored import Stored
from contracts.text.kinds import Cleaned
from contracts.types import Day, FileReference, Note, PersonName, sane_year

load_all()

TAKEN_AS_THEY_ARE = {
    "password": "secrets are taken to the last space",
    "current_password": "a secret",
    "new_password": "a secret",
    "confirmation": "a secret",
    "refresh_token": "a secret that identity made",
    "device_token": "a secret that identity made",
    "browser_token": "a secret that identity made",
    "state_token": "a secret that identity made, or what somebody made up",
    "client_secret": "a secret",
    "authorization_code": "a secret that a provider made",
    "ticket": "a secret that a provider made",
    "iss": "compared sign by sign",
    "subject": "a provider's, compared sign by sign",
    "return_path": "an address, of which whatever is none of ours means the home page",
    "offer": "a secret that identity made",
    "work": "made by a program",
    "task_id": "made by a service, of a form that nothing else has",
    "sort": "the names of fields",
    "columns": "the names of fields",
    "sha256": "made by the gateway from an upload",
    "media_type": "made by the gateway from an upload",
}
"""Fields whose text nobody cleans, and why."""

Leaf = tuple[type[Any], tuple[Any, ...]]


def leaves(annotation: Any, metadata: tuple[Any, ...] = ()) -> Iterator[Leaf]:
    """The plain types that an annotation is made of, each with what it was annotated with."""
    if get_origin(annotation) is Annotated:
        inner, *more = get_args(annotation)
        yield from leaves(inner, (*metadata, *more))
    elif annotation == JsonValue:  # the evidence of refusals and the audit trail: values of any field
        return
    elif get_origin(annotation) is dict:  # keys are words of ours
        yield from leaves(get_args(annotation)[1])
    elif arguments := [argument for argument in get_args(annotation) if argument is not Ellipsis]:
        for argument in arguments:
            yield from leaves(argument, metadata if len(arguments) == 2 and type(None) in arguments else ())
    elif isinstance(annotation, type):
        yield annotation, metadata


def fields(contract: type[Contract]) -> Iterator[tuple[str, Leaf]]:
    hints = get_type_hints(contract, include_extras=True)
    for name in contract.model_fields:
        for leaf in leaves(hints[name]):
            yield name, leaf


def reached(*roots: type[Contract]) -> set[type[Contract]]:
    """These contracts and all that stand in their fields."""
    seen: set[type[Contract]] = set()
    waiting = list(roots)
    while waiting:
        contract = waiting.pop()
        if contract not in seen:
            seen.add(contract)
            waiting += [kind for _, (kind, _) in fields(contract) if issubclass(kind, Contract)]
    return seen


OWN = [op for op in (*OPERATIONS.values(), *COMMON_OPERATIONS) if op.__module__.startswith("contracts.")]
REQUESTS = reached(*OWN)
# Cards are passed on as they were read, by a program that has no part of this one but its contracts.
ANSWERS = reached(
    *(operation.answers for operation in OWN),
    *(event for event in EVENTS.values() if event.__module__.startswith("contracts.") and event.owner != "device"),
) - {FileReference}
OF_THE_BUS = {"CopyRequested", "CopyCompleted"}
"""What services' programs say to each other; no person's text is in it."""


def undeclared(contract: type[Contract], marker: type[Any]) -> list[str]:
    """The fields with a text that is not marked."""
    return [
        f"{contract.__name__}.{name}"
        for name, (kind, metadata) in fields(contract)
        if kind is str and name not in TAKEN_AS_THEY_ARE and not any(isinstance(one, marker) for one in metadata)
    ]


def test_every_text_that_comes_in_is_cleaned_by_its_kind() -> None:
    assert [field for contract in REQUESTS for field in undeclared(contract, Cleaned)] == []


def test_every_text_that_is_answered_or_published_is_of_a_kind_and_refused_nowhere() -> None:
    named = (contract for contract in ANSWERS if contract.__name__ not in OF_THE_BUS)
    assert [field for contract in named for field in undeclared(contract, Stored)] == []


def test_no_day_that_is_stored_is_refused_when_it_is_shown() -> None:
    checked = [
        f"{contract.__name__}.{name}"
        for contract in ANSWERS
        for name, (_, metadata) in fields(contract)
        if AfterValidator(sane_year) in metadata
    ]
    assert checked == []


def test_every_exception_is_one() -> None:
    there = {name for contract in REQUESTS | {FileReference} for name, _ in fields(contract)}
    assert set(TAKEN_AS_THEY_ARE) - there == set()


class _Bare(Operation):
    """What must be found."""

    name: str
    notes: tuple[str, ...]
    wished: Note | None
    people: dict[str, PersonName]
    on: Day | None


def test_a_bare_text_is_found_wherever_it_stands() -> None:
    assert undeclared(_Bare, Cleaned) == ["_Bare.name", "_Bare.notes"]
    assert [name for name, (_, metadata) in fields(_Bare) if AfterValidator(sane_year) in metadata] == ["on"]


@pytest.mark.parametrize("contract", [FileReference])
def test_a_file_is_the_one_view_that_comes_in(contract: type[Contract]) -> None:
    assert contract in REQUESTS
    assert undeclared(contract, Cleaned) == []
