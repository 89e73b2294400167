"""A trigger as it is declared, so that provisioning can compare it with the one that is there."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Trigger:
    """A trigger of a table; `definition` is all that follows `CREATE TRIGGER <name> `."""

    table: str
    name: str
    definition: str

    def ddl(self) -> str:
        """The CREATE TRIGGER statement."""
        return f"CREATE TRIGGER {self.name} {self.definition}"
