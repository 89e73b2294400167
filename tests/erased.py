"""What a service says that it has let go because its time was over."""

from __future__ import annotations

from chassis.testing.harness import ServiceHarness, acting
from contracts.base import Page
from contracts.common import ErasureView, ListErasures, of_service


def let_go_of(service: ServiceHarness) -> list[tuple[str, bool, int]]:
    """Kind of row, whether it is still there without what it told, and how many; a line for each day."""
    asked = of_service(service.service.name, ListErasures)()
    page: Page[ErasureView] = service.ask(asked, acting("audit.read"))
    return sorted((row.object_type, row.blanked, row.number) for row in page.items)
