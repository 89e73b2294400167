"""Requests as they come from anybody: any fields, no retries, the bare answer."""

import re
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

import requests

from chassis.base.clock import SystemClock
from contracts.errors import ServiceError
from gateway.binding import path_fields
from gateway.problems import MEDIA_TYPE, status_of
from gateway.route import Route
from launcher.story.people import Person

TIMEOUT = 70
_SOON = timedelta(seconds=60)
# A field that names rows by another name than their own.
_SAME_AS = {
    "to_teaching_point_id": "teaching_point_id",
    "merged_into_id": "teaching_point_id",
    "receiver_id": "user_id",
    "absent_id": "registration_id",
    "replaces_id": "document_id",
}


def bearer(person: Person) -> dict[str, str]:
    """The header that says who asks, with a token that still lives for a while."""
    client = person.client
    if _left(person) < _SOON:
        client.refresh()
    assert client.tokens is not None
    return {"Authorization": f"Bearer {client.tokens.access_token}", "Accept-Language": "en"}


def renew(people: Iterable[Person]) -> None:
    """Give them tokens that live through what follows: nobody's session changes while rows are compared."""
    for person in people:
        if _left(person) < 3 * _SOON:
            person.client.refresh()


def _left(person: Person) -> timedelta:
    """How long the person's token still lives."""
    assert person.client.tokens is not None
    return person.client.tokens.access_expires_at - SystemClock().now()


def ask(base: str, person: Person | None, route: Route, fields: Mapping[str, Any], **more: Any) -> requests.Response:
    """Send an operation's fields by its route. `more` goes to `requests` as it is; headers are added."""
    rest = dict(fields)
    path = route.template.format(**{name: rest.pop(name) for name in path_fields(route.path)})
    headers = {**(bearer(person) if person else {}), **more.pop("headers", {})}
    content = {"json": rest} if route.has_body else {"params": rest}
    return requests.request(route.method, base + path, headers=headers, timeout=TIMEOUT, **{**content, **more})


def code_of(answer: requests.Response) -> str | None:
    """The code of a problem document, after making sure that it is one; None for any other answer."""
    if answer.ok:
        return None
    document = answer.json()
    assert answer.headers["Content-Type"] == MEDIA_TYPE, answer.headers
    assert document["status"] == answer.status_code, document
    assert status_of(document["code"]) == answer.status_code, document
    assert document["detail"], document
    assert document["code"] != ServiceError("internal_error").code, document
    return str(document["code"])


def kind_of(field: str) -> str:
    """What a field names: `bill_ids` names bills as `bill_id` does."""
    if field == "session_ids":
        return field
    name = re.sub("_ids$", "_id", field)
    return _SAME_AS.get(name, name)
