"""What is asked without an account: its contracts are of these kinds, and whoever asks much pays with work."""

from typing import Annotated, Any

from pydantic import Field, StringConstraints

from contracts.base import Command, Query

SolvedWork = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9+/]{80,2000}={0,2}$")]
"""JSON in base64."""

_WORK: Any = Field(
    default=None,
    repr=False,
    description="The solution of the `challenge` that a refusal with `work_required` came with, as ALTCHA's clients"
    " make it (proof of work v2). It is good for one request about the same thing.",
    examples=["eyJjaGFsbGVuZ2UiOnsicGFyYW1ldGVycyI6eyJhbGdvcml0aG0iOiJQQktERjIvU0hBLTI1NiIsIm5vbmNlIjoiIn19fQ=="],
)


class PublicQuery(Query):
    """A question that anybody may ask. It is sent in a body, as commands are: no address holds what it is about."""

    work: SolvedWork | None = _WORK


class PublicCommand(Command):
    """A command that anybody may give."""

    work: SolvedWork | None = _WORK
