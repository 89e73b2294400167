"""The route tables, one per service; together they are the whole API."""

from gateway.routes import courses, exams, finance, identity, registry, tasks

_TABLES = {
    "identity": identity,
    "registry": registry,
    "courses": courses,
    "finance": finance,
    "exams": exams,
    "gateway": tasks,
}

SERVICES = tuple(name for name in _TABLES if name != "gateway")
"""The services behind the gateway."""
ROUTES = tuple(route for table in _TABLES.values() for route in table.ROUTES)
ABOUT = {name: table.ABOUT for name, table in _TABLES.items()}
"""What each part of the API is for, in the order in which its page shows them."""
