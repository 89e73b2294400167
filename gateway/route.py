"""What a route is: one line of a table, from which the addresses, the checks and the description are made."""

from dataclasses import KW_ONLY, dataclass
from enum import StrEnum
from functools import partial

from contracts.base import Command, Operation
from contracts.words import operation_word
from contracts.words.word import Word

PREFIX = "/api/v1"


class Access(StrEnum):
    """Routes that need no permission."""

    PUBLIC = "public"
    """Anyone: what comes before signing in."""
    SIGNED_IN = "signed_in"
    """Everybody who is signed in, on their own account."""


PUBLIC, SIGNED_IN = Access.PUBLIC, Access.SIGNED_IN


@dataclass(frozen=True, slots=True)
class Route:
    """An address and the operation behind it. Path, query parameters and body together are the operation's fields."""

    method: str
    path: str
    operation: type[Operation]
    permission: str | Access
    _: KW_ONLY
    status: int = 200
    timeout: float = 10.0
    """Seconds that the whole request may take; travels with the call as its deadline."""
    max_body: int = 256 * 1024
    """Bytes."""
    downloads: str | None = None
    """Where in the answer the `FileReference` stands whose bytes are sent: a field's name, or "" for all of it."""
    session_cookie: bool = False
    """A browser may have the session's tokens in cookies here (`gateway.session_cookies`)."""
    before_first_steps: bool = False
    """A route of the account's first steps: everything else waits until they are done."""
    takes_code: bool = False
    """Where a code of the second factor is given: everything else waits until that is done, other first steps too."""
    asks_again: bool = False
    """Who has a second factor has given a code a short while ago."""
    never_before: float = 0.0
    """Seconds after which it answers at the earliest, whatever it answers: how long it took must not tell strangers
    what there is. More than it takes under load."""
    examples: tuple[tuple[str, str], ...] = ()
    """Parameter and what finds something here, where many services have the same contract."""

    @property
    def template(self) -> str:
        """The whole path, parameters in braces."""
        return PREFIX + self.path

    @property
    def word(self) -> Word | None:
        """What it is called; None for those of tests."""
        return operation_word(self.operation, self.downloads)

    @property
    def has_body(self) -> bool:
        """Whether the fields that are not in the path come as JSON; otherwise they come in the query string."""
        return self.method in ("POST", "PUT")

    @property
    def is_command(self) -> bool:
        return issubclass(self.operation, Command)

    @property
    def service(self) -> str:
        return self.operation.service


get = partial(Route, "GET")
"""A question: parameters in the path and the query string."""
post = partial(Route, "POST")
"""A command that creates or decides."""
put = partial(Route, "PUT")
"""A command that sets something to what the body says."""
delete = partial(Route, "DELETE")
"""A command that removes something."""
