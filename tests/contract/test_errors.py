"""Every code has a sentence in both languages, and whoever raises it gives what the sentence needs."""

import ast
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest
from pydantic import BaseModel, ValidationError

from chassis.declaring.service import load
from contracts.errors import (
    ErrorText,
    FieldError,
    ServiceError,
    catalogue,
    placeholders,
)
from contracts.errors.fields import field_errors, invalid
from contracts.field_problem import FieldProblemError
from contracts.types import Day, Instant, MobileNumber, Money
from launcher.paths import service_names

ROOT = Path(__file__).parents[2]
CODE = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
CALLS = {"ServiceError", "FieldError", "FieldProblemError", "Reason"}
ALSO_A_NAME = {"status_change_open"}
"""Codes that a column is called by as well."""


@pytest.mark.parametrize("code", sorted(catalogue()))
def test_a_code_has_a_sentence_with_the_same_params_in_both_languages(code: str) -> None:
    text = catalogue()[code]
    assert CODE.fullmatch(code)
    assert re.search(r"[\u4e00-\u9fff]", text.zh)
    assert text.zh.endswith("。")
    assert text.en.endswith(".")
    assert not re.search(r"[\u4e00-\u9fff]", text.en)
    assert placeholders(text.zh) == placeholders(text.en)


def _raised() -> Iterator[tuple[str, ast.Call]]:
    """Each place in the code that makes an error of a literal code."""
    for folder in ("chassis", "contracts", "services", "gateway"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.Call):
                    name = getattr(node.func, "id", getattr(node.func, "attr", ""))
                    owner = getattr(getattr(node.func, "value", None), "id", "")
                    if name in CALLS or (owner, name) == ("Refusal", "of"):
                        yield f"{path.relative_to(ROOT)}:{node.lineno}", node


def _written() -> Iterator[tuple[str, str]]:
    """Each text in the code: a code may stand in a table, and meet its `Reason` elsewhere."""
    for folder in ("chassis", "services", "gateway"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    yield f"{path.relative_to(ROOT)}:{node.lineno}", node.value


def _code_of(call: ast.Call) -> str | None:
    place = 1 if getattr(call.func, "id", "") == "FieldError" else 0
    if len(call.args) > place and isinstance(call.args[place], ast.Constant):
        return str(call.args[place].value)  # type: ignore[attr-defined]
    return None


def _evidence(call: ast.Call) -> set[str | None]:
    """What a `Reason` is given; {None} where that is made elsewhere."""
    if getattr(call.func, "id", "") != "Reason" or len(call.args) < 2:
        return set()
    given = call.args[1]
    return {key.value for key in given.keys if isinstance(key, ast.Constant)} if isinstance(given, ast.Dict) else {None}  # type: ignore[misc]


def test_every_code_that_is_raised_has_a_sentence() -> None:
    unknown = [f"{where}: {code}" for where, call in _raised() if (code := _code_of(call)) and code not in catalogue()]
    assert not unknown


def test_a_code_is_raised_by_its_owner_or_is_common() -> None:
    """Its sentence is written for the place where it is read."""
    owner = {code: name for name in service_names() for code in import_module(f"contracts.errors.{name}").TEXTS}
    strangers = [
        f"{where}: {code} is {owner[code]}'s"
        for where, call in _raised()
        if (code := _code_of(call)) in owner and not where.startswith((f"services/{owner[code]}/", "contracts/"))
    ]
    strangers += [
        f"{where}: {code} is {owner[code]}'s"
        for where, code in _written()
        if code in owner.keys() - ALSO_A_NAME and not where.startswith(f"services/{owner[code]}/")
    ]
    strangers += [
        f"services/{name}/service.py: {code} is {owner[code]}'s"
        for name in service_names()
        for code in load(f"services.{name}.service").conflicts.values()
        if owner.get(code, name) != name
    ]
    assert strangers == []


def test_every_refusal_gives_what_its_sentence_needs() -> None:
    lacking = []
    for where, call in _raised():
        code = _code_of(call)
        given = {keyword.arg for keyword in call.keywords} | _evidence(call)
        if code not in catalogue() or None in given or getattr(call.func, "id", "") == "FieldError":
            continue
        if missing := catalogue()[code].params - given:
            lacking.append(f"{where}: {code} lacks {sorted(missing)}")
    assert not lacking


def test_the_code_names_in_contract_descriptions_exist() -> None:
    """`Refused: …` in a command's docstring is what callers program against."""
    named = [
        (path.name, code)
        for path in sorted((ROOT / "contracts").rglob("*commands.py"))
        for sentence in re.findall(r"Refused[^:]*:((?:[^`.]*`[a-z_]+`(?:\s*\([^)]*\))?,?)+)", path.read_text("utf-8"))
        for code in re.findall(r"`([a-z_]+)`", sentence)
    ]
    assert len(named) > 50
    assert [pair for pair in named if pair[1] not in catalogue()] == []


def test_an_error_crosses_the_bus_unchanged() -> None:
    error = ServiceError("step_not_allowed", [FieldError("a.0.b", "field_too_long", {"max_length": 5})], state="x")
    again = ServiceError.from_wire(error.to_wire())
    assert (again.code, again.params, again.errors) == (error.code, error.params, error.errors)


class Form(BaseModel):
    """Some fields to get wrong."""

    id_number: int
    mobile: MobileNumber
    amount: Money
    on: Day
    at: Instant


def test_a_finding_names_field_and_code_and_never_the_value() -> None:
    secret = "320311197001010011"
    with pytest.raises(ValidationError) as caught:
        Form.model_validate(
            {"id_number": [secret], "mobile": secret, "amount": secret + "x", "on": secret, "at": secret}
        )
    errors = list(field_errors(caught.value))
    assert {error.path: error.code for error in errors} == {
        "id_number": "field_wrong_type",
        "mobile": "field_bad_format",
        "amount": "field_bad_format",
        "on": "field_bad_format",
        "at": "field_bad_format",
    }
    assert secret not in repr(invalid(caught.value).to_wire())


def test_every_finding_of_a_field_has_a_sentence() -> None:
    for code in {"percents_not_100", "window_reversed", "passwords_differ", "list_has_doubles"}:
        assert isinstance(catalogue()[FieldProblemError(code).code], ErrorText)
