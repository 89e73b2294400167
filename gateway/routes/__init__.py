"""The route tables, one per service; together they are the whole API."""

from gateway.routes import courses, exams, finance, identity, registry, tasks

SERVICES = ("identity", "registry", "courses", "finance", "exams")
"""The services behind the gateway."""

ROUTES = (
    *identity.ROUTES,
    *registry.ROUTES,
    *courses.ROUTES,
    *finance.ROUTES,
    *exams.ROUTES,
    *tasks.ROUTES,
)
