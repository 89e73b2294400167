"""Which intakes study by which version of a programme (CRS-2)."""


def month_before(intake: str) -> str:
    """The last intake code before another: `202609` → `202608`, `202701` → `202612`."""
    months = int(intake[:4]) * 12 + int(intake[4:]) - 2
    return f"{months // 12:04d}{months % 12 + 1:02d}"
