"""The routes of a service's audit trail and of what it let go, the same for all."""

from contracts.common import ListAuditEntries, ListErasures, of_service
from gateway.route import Route, get


def trail_of(service: str, thing: str, action: str) -> tuple[Route, ...]:
    """Who did what, and what was erased because its time was over. `thing` and `action` are for who tries the filters:
    a table of the service, and what is often done with its rows."""
    entries, examples = of_service(service, ListAuditEntries), (("object_type", thing), ("action", action))
    return (
        get(f"/audit-entries/{service}", entries, "audit.read", examples=examples),
        get(f"/erasures/{service}", of_service(service, ListErasures), "audit.read"),
    )
