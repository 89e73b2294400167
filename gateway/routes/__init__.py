"""The route tables, one per service; together they are the whole API."""

from contracts.permissions import Module
from contracts.words import member_word
from gateway.routes import courses, enrollment, exams, finance, identity, registry, tasks
from gateway.routes.messages import messages_of

_TABLES = {
    "identity": identity,
    "enrollment": enrollment,
    "registry": registry,
    "courses": courses,
    "finance": finance,
    "exams": exams,
    "gateway": tasks,
}

SERVICES = tuple(name for name in _TABLES if name != "gateway")
"""The services behind the gateway."""
ROUTES = (
    *(route for table in _TABLES.values() for route in table.ROUTES),
    *(route for name in SERVICES for route in messages_of(name)),
)


def _about(name: str, inside: str) -> str:
    """Of a module its name, then what is inside, in both languages."""
    if name not in frozenset(Module):
        return inside
    word = member_word(Module(name))
    zh, en = inside.split(" · ")
    return f"{word.zh}：{zh} · {word.en}: {en}"


ABOUT = {name: _about(name, table.ABOUT) for name, table in _TABLES.items()}
"""What each part of the API is for, in the order in which its page shows them."""
