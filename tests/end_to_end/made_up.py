"""Requests made up from the API's description, by people of every role, and what is wrong with the answers."""

from __future__ import annotations

import itertools
import random
import re
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import (
    content_type_conformance,
    not_a_server_error,
    response_schema_conformance,
    status_code_conformance,
)
from schemathesis.core.failures import FailureGroup

from contracts.errors import ServiceError
from contracts.permissions import ROLE_PERMISSIONS, Role
from gateway.openapi.document import document
from gateway.problems import MEDIA_TYPE
from gateway.route import PREFIX
from gateway.routes import ROUTES
from launcher.story.client import ProblemError
from launcher.story.people import Person
from tests.end_to_end.asking import TIMEOUT, bearer, kind_of
from tests.end_to_end.scenery import Ids

CHECKS = [status_code_conformance, content_type_conformance, response_schema_conformance]
AT_ONCE = 4
"""Requests under way at a time."""
BREATH = 20
"""Requests that are made up for one operation before it is the next one's turn."""
KEPT = {"user_id", "session_ids", "teaching_point_id"}
"""What is never named: whoever disables the people who ask, asks no more."""
ENDED = {"token_revoked", "token_invalid", "token_expired"}
# What a request comes to while a part is missing.
AWAY = {503, 504}

# Without the way to sign in: where it is told, every fifth request is sent without the token of whose turn it is.
api = schemathesis.openapi.from_dict({**document(ROUTES), "security": []})
api.config.phases.coverage.enabled = False  # thousands of requests, most of which say the same
# The stream of hints does not end by itself; it has its own tests.
described = api.exclude(path=f"{PREFIX}/events")


@dataclass
class Crowd:
    """People of every role and nobody, who ask in turn; and the rows that half of their requests name."""

    base_url: str
    people: Mapping[Role, Person]
    ids: Ids = field(default_factory=dict)
    answers: Counter[tuple[str, int]] = field(default_factory=Counter)
    """(who, status) → how often."""
    faults: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._lock, self._door = threading.Lock(), threading.Lock()
        self._turn: Iterator[Role | None] = itertools.cycle([*self.people, None])

    @property
    def asked(self) -> int:
        """Requests so far."""
        return sum(self.answers.values())

    def ask(self, case: schemathesis.Case) -> str | None:
        """Send a made-up request as whoever's turn it is, or as one who may, and note the answer; says its fault."""
        role = self._whose_turn(case.operation.definition.raw.get("x-permission"))
        person = self.people[role] if role else None
        if random.random() < 0.5:
            name_rows(case, self.ids)
        headers = self._headers(person) if person else {}
        answer = case.call(base_url=self.base_url, headers=headers, timeout=TIMEOUT)
        code = answer.json()["code"] if answer.status_code == 401 else None
        if person and code in ENDED:
            self._come_in_again(person)  # made-up requests end sessions, too
        fault = fault_of(case, answer)
        if headers and code == "unauthenticated":
            fault = f"{said(case, answer)}: sent without its token, so as nobody"
        with self._lock:
            self.answers[role.value if role and headers else "nobody", answer.status_code] += 1
            if fault:
                self.faults.append(fault)
        return fault

    def _whose_turn(self, permission: str | None) -> Role | None:
        with self._lock:
            role = next(self._turn)
        may = [each for each in self.people if permission in ROLE_PERMISSIONS[each]]
        return random.choice(may) if may and random.random() < 0.7 else role

    def _headers(self, person: Person) -> dict[str, str]:
        if person.client.tokens is None:
            self._come_in_again(person)
        with self._door:
            try:
                return bearer(person) if person.client.tokens else {}
            except (ProblemError, requests.RequestException):
                return {}  # something is away: this one asks as nobody

    def _come_in_again(self, person: Person) -> None:
        with self._door, suppress(ProblemError, requests.RequestException):
            person.client.sign_in_again()


def name_rows(case: schemathesis.Case, ids: Mapping[str, Sequence[Any]]) -> None:
    """Let a made-up request name rows that are there, wherever it names any."""
    for part in (case.path_parameters, case.query, case.body):
        if not isinstance(part, dict):
            continue
        for name in part:
            if (kind := kind_of(name)) in ids and kind not in KEPT:
                chosen = [str(random.choice(ids[kind])) for _ in range(2)]
                part[name] = chosen if name.endswith("_ids") else chosen[0]


def fault_of(case: schemathesis.Case, answer: schemathesis.Response) -> str | None:
    """What is wrong with an answer: a fault of the server's, or something that the API's description does not say."""
    if answer.status_code in AWAY:
        return None if answer.headers["content-type"][0] == MEDIA_TYPE else f"{said(case, answer)}: no problem document"
    try:
        case.validate_response(answer, checks=[not_a_server_error, *CHECKS])
    except FailureGroup as group:
        return f"{said(case, answer)}: {'; '.join(str(each) for each in group.exceptions)}"
    if answer.status_code < 400:
        return None
    problem = answer.json()
    if answer.headers["content-type"][0] != MEDIA_TYPE or problem["status"] != answer.status_code:
        return f"{said(case, answer)}: no problem document"
    return f"{said(case, answer)}: a fault" if problem["code"] == ServiceError("internal_error").code else None


def said(case: schemathesis.Case, answer: schemathesis.Response) -> str:
    """A request and its answer, for people; what was made up is nobody's data."""
    path = re.sub(r"\s+", " ", f"{case.operation.method.upper()} {case.operation.path}")
    return f"{path} query={case.query} body={str(case.body)[:300]} → {answer.status_code} {answer.text[:300]}"


def make_up(crowd: Crowd, number: int, told: Callable[[int], None] = lambda asked: None) -> None:
    """Let the crowd send about so many requests, over all operations evenly, a few at a time."""
    operations = [result.ok() for result in described.get_all_operations()]
    works = itertools.cycle([(each, mode) for each in operations for mode in GenerationMode])
    with ThreadPoolExecutor(AT_ONCE) as pool:
        while crowd.asked < number:
            # Made up in one thread, sent in many: CPython 3.11 can't parse in two at once, and modules that
            # schemathesis imports late are parsed.
            list(pool.map(crowd.ask, _some(*next(works))))
            told(crowd.asked)


def _some(operation: Any, mode: GenerationMode) -> list[schemathesis.Case]:
    """A few requests for one operation; none where there is nothing to say wrongly."""
    cases = []

    @settings(
        max_examples=BREATH,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def requests_of_it(case: schemathesis.Case) -> None:
        cases.append(case)

    with suppress(Unsatisfiable):
        requests_of_it()
    return cases
