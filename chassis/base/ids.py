"""Identifiers: UUIDv7 (RFC 9562 §5.7), made before the insert and ordered by time, so indexes grow at one end."""

from uuid import UUID

from uuid_utils.compat import uuid7


def new_id() -> UUID:
    """A new identifier; later ones sort after earlier ones of the same process."""
    return uuid7()
