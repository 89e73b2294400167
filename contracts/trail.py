"""The chain of a service's audit trail, as others know of it.

Each service tells its newest block in a fact of its own (`CoursesTrailSealed`): identity keeps those of the others, the
registry keeps identity's.
"""

from typing import Annotated

from pydantic import Field

from contracts.base import Fact
from contracts.stored import Stored
from contracts.text.kinds import TextKind
from contracts.types import Instant

BlockHash = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$"), Stored(TextKind.WORD)]


class TrailSealed(Fact):
    """All entries up to the end of this block are sealed: whoever keeps its hash can tell whether they still are those
    that were written."""

    sequence: int = Field(description="The newest block's place in the chain, from 1.")
    hash: BlockHash = Field(description="Its SHA-256, over the block before too.")
    made_at: Instant
