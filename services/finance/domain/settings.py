"""What the school can set, and what holds until it does."""

from uuid import UUID

SETTINGS_ID = UUID("00000000-0000-7000-8000-000000000001")
"""The one row of settings."""

DEFAULT_GRACE_DAYS = 3
"""Days to pay again after a remittance was rejected."""
