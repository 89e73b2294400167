"""CAS Protocol 3.0 as the service: where people are sent, and what a provider says of a ticket. Its XML may have no
doctype, so it has no entities but XML's own."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from defusedxml.ElementTree import ParseError, fromstring

from services.identity.domain.openid import NotBelieved
from services.identity.domain.unified import with_query

_NAMESPACE: Final = "{http://www.yale.edu/tp/cas}"


@dataclass(frozen=True, slots=True)
class Validated:
    """Whom a ticket stands for; `attributes` are all values of each name, none of them empty."""

    user: str
    attributes: dict[str, list[str]] = field(default_factory=dict)

    def first(self, name: str | None) -> str | None:
        """The first value of an attribute; None where it has none."""
        return next(iter(self.attributes.get(name or "", ())), None)


def sign_in_address(server: str, service: str) -> str:
    """Where the browser goes."""
    return with_query(f"{server}/login", service=service)


def sign_out_address(server: str, back: str) -> str:
    """Where people sign out at the provider."""
    return with_query(f"{server}/logout", service=back)


def validation_address(server: str, service: str, ticket: str) -> str:
    """Where a ticket is asked about, for the very service that it was given for."""
    return with_query(f"{server}/p3/serviceValidate", service=service, ticket=ticket)


def validated(answer: bytes) -> Validated | None:
    """Whom the provider says the ticket stands for; None where it does not know the ticket. Raises NotBelieved for what
    is no such answer."""
    try:
        root = fromstring(answer, forbid_dtd=True)
    except (ParseError, ValueError):  # a doctype is a ValueError
        raise NotBelieved("bad_xml") from None
    if root.find(f"{_NAMESPACE}authenticationFailure") is not None:
        return None
    success = root.find(f"{_NAMESPACE}authenticationSuccess")
    user = "" if success is None else (success.findtext(f"{_NAMESPACE}user") or "").strip()
    if root.tag != f"{_NAMESPACE}serviceResponse" or success is None or not user:
        raise NotBelieved("bad_answer")
    attributes: dict[str, list[str]] = {}
    for each in success.iterfind(f"{_NAMESPACE}attributes/*"):
        if value := (each.text or "").strip():
            attributes.setdefault(each.tag.removeprefix(_NAMESPACE), []).append(value)
    return Validated(user, attributes)
