"""What all tables of finance are made with."""

from sqlalchemy import (
    BigInteger,
    Column,
    Computed,
    Identity,
    Numeric,
    Text,
)

from chassis.data.tables import service_metadata

metadata = service_metadata("finance")


def money(name: str, *, nullable: bool = False) -> Column[object]:
    """An amount in yuan."""
    return Column(name, Numeric(12, 2), nullable=nullable)


def number(prefix: str) -> tuple[Column[object], Column[object]]:
    """A code for people: a prefix and ten digits that PostgreSQL counts up. Unique, never used again, gaps allowed."""
    return (
        Column("serial", BigInteger, Identity(always=True), nullable=False),
        Column("number", Text, Computed(f"'{prefix}' || lpad(serial::text, 10, '0')", persisted=True), nullable=False),
    )
