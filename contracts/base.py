"""The kinds of message: command, query, view, fact, state, and the envelope that events travel in.

A subclass says what it is with class keywords, and registers itself when it is defined:

    class SelectCourses(Command, answers=SelectionResults): ...
    class ListBills(PageQuery, answers=Page[BillView]): ...
    class BillsPaid(Fact, owner="finance", version=1): ...
    class StudentState(State[StudentItem], owner="registry", version=1): ...
"""

from datetime import datetime
from typing import Annotated, Any, ClassVar, Generic, Self, TypeVar, Unpack
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from contracts.field_problem import FieldProblemError
from contracts.naming import service_of_module, snake_case

# At most this many rows ride in one event: a batch is a few messages, and none of them is huge.
MAX_EVENT_ROWS = 500

# Filled by the classes themselves as their modules are imported.
EVENTS: "dict[tuple[str, int], type[Event]]" = {}
OPERATIONS: "dict[tuple[str, str], type[Operation]]" = {}

_Key = TypeVar("_Key")
_Class = TypeVar("_Class", bound=type[BaseModel])


def _register(registry: dict[_Key, _Class], key: _Key, cls: _Class) -> None:
    other = registry.setdefault(key, cls)
    if other.__module__ != cls.__module__:
        raise TypeError(f"{key} stands in {other.__module__} and in {cls.__module__}")


class Contract(BaseModel):
    """Frozen, and tolerant of fields that a newer sender added."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)


class View(Contract):
    """What is answered to a command or query."""


class Done(View):
    """The answer of a command that has nothing to tell but that it was carried out."""


class Operation(Contract):
    """A command or a query. Unknown fields are refused: a misspelt filter must not mean "no filter"."""

    model_config = ConfigDict(extra="forbid")

    answers: ClassVar[type[View]]
    service: ClassVar[str] = ""
    # The answer holds a secret (a token, a one-time password): it is never stored; a repeat runs again.
    secret: ClassVar[bool] = False
    # The kind of reviewed request that it is about: the kit answers it (`chassis.requests.reviewed`).
    request: ClassVar[str] = ""

    def __init_subclass__(
        cls,
        *,
        answers: type[View] | None = None,
        service: str = "",
        secret: bool = False,
        request: str = "",
        **kwargs: Unpack[ConfigDict],
    ) -> None:
        super().__init_subclass__(**kwargs)
        if answers is not None:
            cls.answers = answers
        cls.service = service or service_of_module(cls.__module__)
        cls.secret = secret
        cls.request = request
        if hasattr(cls, "answers") and cls.service:
            _register(OPERATIONS, (cls.service, snake_case(cls.__name__)), cls)


class Command(Operation):
    """A wish to change something. Named in the imperative; run at most once per idempotency key."""


class TryableCommand(Command):
    """A decision, or a command about many rows: it can be tried, which answers what it would, and does nothing."""

    dry_run: Annotated[
        bool, Field(description="Only say what would come of it: nothing is done.", examples=[False])
    ] = False


class Query(Operation):
    """A question that changes nothing. Named `Get…` or `List…`."""


SortKey = Annotated[
    str | None,
    Field(
        max_length=40,
        pattern=r"^-?[a-z][a-z0-9_]*$",
        description="Field to order by; a leading minus turns the order round.",
        examples=["-created_at"],
    ),
]


class NumberedQuery(Query):
    """A question that is answered with one page of a list, by its number."""

    page: Annotated[int, Field(ge=1, le=1_000_000, description="Page to show, from 1.", examples=[1])] = 1
    size: Annotated[int, Field(ge=1, le=200, description="Rows on a page.", examples=[50])] = 50


class PageQuery(NumberedQuery):
    """A question that is answered with one page of a list.

    `order` is its order unless another is asked for, as in `sort`; `sorts` are the other keys. However long a list is,
    it is quick in its own order: all of it, by each filter alone, and by the pairs `together` by which people look in
    it. Filters that no index finds, and whose rows may lie anywhere, are `looked_at` row by row, and promise less. What
    is not promised is answered while few rows are found (`chassis.data.lists`).
    """

    order: ClassVar[str]
    sorts: ClassVar[tuple[str, ...]] = ()
    together: ClassVar[tuple[frozenset[str], ...]] = ()
    looked_at: ClassVar[frozenset[str]] = frozenset()

    sort: SortKey = None
    after: UUID | None = Field(
        default=None,
        description="Id of the last row seen: the rows behind it, instead of a page by its number; without `page`.",
        examples=["0199d1f0-6c3e-7b1a-9c55-0a1b2c3d4e5f"],
    )

    def __init_subclass__(
        cls,
        *,
        order: str = "",
        sorts: tuple[str, ...] = (),
        together: tuple[tuple[str, str], ...] = (),
        looked_at: tuple[str, ...] = (),
        **kwargs: Any,
    ) -> None:
        super().__init_subclass__(**kwargs)
        cls.order = order or getattr(cls, "order", "")
        cls.sorts = sorts or cls.sorts
        cls.together = tuple(map(frozenset, together)) or cls.together
        cls.looked_at = frozenset(looked_at) or cls.looked_at

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        super().__pydantic_init_subclass__(**kwargs)
        pairs = frozenset[str]().union(*cls.together)
        if unknown := (pairs | cls.looked_at) - cls.model_fields.keys():
            raise TypeError(f"{cls.__name__} has no filter {', '.join(sorted(unknown))}")
        if promised := pairs & cls.looked_at:
            raise TypeError(f"{cls.__name__} promises {', '.join(sorted(promised))} in a pair and not alone")

    @model_validator(mode="after")
    def _begins_at_one_place(self) -> Self:
        if self.after is not None and "page" in self.model_fields_set:
            raise FieldProblemError("page_beside_after")
        return self

    @classmethod
    def sort_keys(cls) -> tuple[str, ...]:
        """All that the list can be sorted by, its own order first."""
        return (cls.order.removeprefix("-"), *cls.sorts)

    @classmethod
    def filters(cls) -> tuple[str, ...]:
        """The fields that the list is filtered by."""
        return tuple(name for name in cls.model_fields if name not in PageQuery.model_fields)

    @classmethod
    def promised(cls, scope: str = "school") -> tuple[frozenset[str], ...]:
        """The filters that the list is quick by, alone and in pairs, for a kind of scope. Whoever sees single courses
        has one given already: what they ask for beside it are the pairs with `course_id`."""
        alone = (frozenset({name}) for name in cls.filters() if name not in cls.looked_at)
        promised = dict.fromkeys((frozenset[str](), *alone, *cls.together))
        if scope != "course" or "course_id" not in cls.model_fields:
            return tuple(promised)
        given = [each for each in promised if "course_id" in each]
        return tuple(dict.fromkeys(names for each in given for names in (each - {"course_id"}, each)))


Row = TypeVar("Row", bound=View)


class Page(View, Generic[Row]):
    """One page of a list, and how many rows there are in all: counted up to 10,000, else `about` as many."""

    items: tuple[Row, ...]
    page: int
    size: int
    total: int
    about: bool = Field(default=False, description="Whether `total` is an estimate.")
    next_after: UUID | None = Field(
        default=None, description="`after` of the page that follows; empty where this is the last."
    )


class KeysetQuery(Query):
    """A question over all rows in order of id, for who walks through everything and misses no row."""

    after: UUID | None = Field(
        default=None,
        description="Id of the last row seen; left out at the beginning.",
        examples=["0199d1f0-6c3e-7b1a-9c55-0a1b2c3d4e5f"],
    )
    limit: Annotated[int, Field(ge=1, le=5000, description="Rows to answer at most.", examples=[1000])] = 1000


class KeysetPage(View, Generic[Row]):
    """Some rows in order of id. `next_after` continues; it is empty at the end."""

    items: tuple[Row, ...]
    next_after: UUID | None


class Event(Contract):
    """Something another service may hear of. `owner` is the one service that publishes it.

    `rows` names the field whose rows each stand for themselves: when one of them is refused, the others are handled
    all the same. `unheard` says that there may be nobody who listens; any other event waits at its sender until the
    broker has a queue for it. `private` says that it carries so much about a person that it is never kept: an event
    that can't be handled is remembered without its body.
    """

    owner: ClassVar[str] = ""
    version: ClassVar[int] = 0
    rows_field: ClassVar[str | None] = None
    unheard: ClassVar[bool] = False
    private: ClassVar[bool] = False
    next: "ClassVar[type[Event] | None]" = None

    def __init_subclass__(
        cls,
        *,
        owner: str | None = None,
        version: int = 1,
        rows: str | None = None,
        unheard: bool = False,
        private: bool = False,
        next: "type[Event] | None" = None,
        **kwargs: Unpack[ConfigDict],
    ) -> None:
        super().__init_subclass__(**kwargs)
        if owner is None:
            return
        cls.owner, cls.version = owner, version
        cls.rows_field, cls.unheard, cls.private = rows or cls.rows_field, unheard, private
        if next is not None and (next.__name__, next.owner, next.version) != (cls.__name__, owner, version + 1):
            raise TypeError(f"{next.__name__}.v{next.version} is not the version after {cls.__name__}.v{version}")
        cls.next = next
        _register(EVENTS, (snake_case(cls.__name__), version), cls)

    def as_next(self) -> "Event":
        """What the next version says of the same; only an older version can tell."""
        raise NotImplementedError(routing_key(type(self)))


class Fact(Event):
    """Something happened. Deduplicated by event id, never by version; carries all that a reaction needs."""


class StateItem(Contract):
    """The public view of one row as it now is. A deleted row is an item too: `deleted` is its tombstone."""

    id: UUID
    version: int
    deleted: bool = False


Item = TypeVar("Item", bound=StateItem)


class State(Event, Generic[Item]):
    """Rows as they now are. Feeds copies, in any order: of two items with one id the higher version wins."""

    rows_field: ClassVar[str | None] = "items"

    items: Annotated[tuple[Item, ...], Field(max_length=MAX_EVENT_ROWS)]

    @classmethod
    def item_class(cls) -> type[StateItem]:
        """The class of one item, for those who make or keep copies."""
        item: type[StateItem] = cls.model_fields["items"].annotation.__args__[0]  # type: ignore[union-attr]
        return item


class Envelope(Contract):
    """What every event travels in."""

    event_id: UUID
    type: str
    version: int
    occurred_at: AwareDatetime
    correlation_id: UUID
    causation_id: UUID | None = None
    data: dict[str, Any]

    @classmethod
    def of(
        cls,
        event: Event,
        *,
        event_id: UUID,
        occurred_at: datetime,
        correlation_id: UUID,
        causation_id: UUID | None = None,
    ) -> Self:
        """Wrap an event for the wire."""
        return cls(
            event_id=event_id,
            type=type_name(type(event)),
            version=event.version,
            occurred_at=occurred_at,
            correlation_id=correlation_id,
            causation_id=causation_id,
            data=event.model_dump(mode="json"),
        )

    def event(self) -> Event:
        """The event inside. Raises `UnknownEvent`, or `ValidationError` when the data don't fit."""
        return event_class(self.type, self.version).model_validate(self.data)


class UnknownEvent(LookupError):
    """No imported contract knows this type and version. Such an event is parked, not dropped."""


def event_class(type_: str, version: int) -> type[Event]:
    """The contract of an event on the wire. Raises `UnknownEvent`."""
    try:
        return EVENTS[type_, version]
    except KeyError:
        raise UnknownEvent(f"{type_}.v{version}") from None


def type_name(event: type[Event]) -> str:
    """`BillsPaid` → `bills_paid`: the envelope's `type`."""
    return snake_case(event.__name__)


def exchange(owner: str) -> str:
    """The topic exchange on which a service publishes its events."""
    return f"{owner}.events"


def routing_key(event: type[Event]) -> str:
    """`BillsPaid` → `bills_paid.v2`."""
    return f"{type_name(event)}.v{event.version}"


def service_name(operation: type[Operation]) -> str:
    """The service that carries out a command or answers a query."""
    return operation.service


def method_name(operation: type[Operation]) -> str:
    """`SelectCourses` → `select_courses`: the RPC method."""
    return snake_case(operation.__name__)
