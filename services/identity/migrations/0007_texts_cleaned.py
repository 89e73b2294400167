"""Texts that were stored before they were cleaned by their kind."""

from typing import Any

from chassis.provisioning.migration_steps import texts_cleaned
from contracts.text.cleaning import person_name, title, unescaped

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def _information(told: dict[str, Any]) -> dict[str, Any]:
    """What a point says about itself."""
    address = {name: title(text) if isinstance(text, str) else text for name, text in told.get("address", {}).items()}
    recruiters = list(dict.fromkeys(filter(None, map(person_name, told.get("recruiters", ())))))
    return {**told, "address": address, "recruiters": recruiters}


def _name(text: str) -> str:
    """Students' names came from workbooks, whose escapes were taken for text."""
    return person_name(unescaped(text))


TEXTS: dict[str, dict[str, texts_cleaned.Clean]] = {
    "teaching_points": {"name": title, "information": _information},
    "teaching_point_names": {"name": title},
    "users": {"name": _name, "position": title},
}


def upgrade() -> None:
    texts_cleaned.upgrade(TEXTS, documents=["information"])
