"""The routes of a service's audit trail and of what it let go, the same for all."""

from contracts.common import ListAuditEntries, ListErasures, of_service
from gateway.route import Route, get


def trail_of(service: str) -> tuple[Route, ...]:
    """Who did what, and what was erased because its time was over."""
    return (
        get(f"/audit-entries/{service}", of_service(service, ListAuditEntries), "audit.read"),
        get(f"/erasures/{service}", of_service(service, ListErasures), "audit.read"),
    )
