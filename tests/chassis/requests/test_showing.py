"""What people see of requests."""

from __future__ import annotations

from chassis.testing.harness import ServiceHarness
from tests.chassis.requests.desk import (
    ANN,
    BOB,
    CLERK,
    NEIGHBOUR,
    STRANGER,
    asked,
    librarian,
)
from tests.chassis.requests.leaves import (
    LEAVES,
    CountLeaves,
    GrantLeaves,
    ListLeaves,
)


def test_lists_and_counts_show_what_the_actor_sees_by_state(library: ServiceHarness) -> None:
    first, second = asked(library, ANN, BOB)
    asked(library, STRANGER, as_=NEIGHBOUR)
    library.run(GrantLeaves(leave_ids=(first,)), librarian())
    assert [row.id for row in library.ask(ListLeaves(state="pending"), CLERK).items] == [second]
    assert [row.id for row in library.ask(ListLeaves(reader_id=ANN), librarian()).items] == [first]
    mine, all_ = library.ask(CountLeaves(), CLERK), library.ask(CountLeaves(), librarian())
    assert (mine.total, all_.total) == (2, 3)
    assert {each.state: each.count for each in all_.items if each.count} == {"pending": 2, "granted": 1}
    assert [each.state for each in all_.items] == list(LEAVES.flow.states)
    assert library.ask(CountLeaves(reader_id=BOB), librarian()).total == 1
