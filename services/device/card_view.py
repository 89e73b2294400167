"""A card on the terminal, masked unless asked otherwise: people look over shoulders."""

from rich.table import Table
from rich.text import Text

from contracts.device.events import IdentityCard
from services.device.notices import FIELDS, field_name, problem_text, value_text

_PLAIN = {"kind", "valid_from", "valid_until", "never_expires", "card_version", "issue_count"}
_TAIL = 4


def card_table(card: IdentityCard, language: str, *, show: bool) -> Table:
    """Every field that the card holds, and what is odd about it."""
    odd: dict[str, list[str]] = {}
    for problem in card.problems:
        odd.setdefault(problem.field, []).append(problem_text(problem.code, language))
    table = Table(show_header=False)
    table.add_column(style="cyan")
    table.add_column()
    table.add_column(style="yellow")
    for field in FIELDS:
        value = getattr(card, field)
        if value in (None, False) and field not in odd:
            continue
        text = "" if value in (None, False) else value_text(value, language)
        table.add_row(
            field_name(field, language),
            Text(text if show or field in _PLAIN else masked(field, text)),
            "; ".join(odd.get(field, [])),
        )
    return table


def masked(field: str, text: str) -> str:
    """Enough to see that it was read: the first character, for numbers the last four as well."""
    if len(text) < 2:
        return "*" * len(text)
    if field == "id_number" and len(text) > 2 * _TAIL:
        return text[0] + "*" * (len(text) - 1 - _TAIL) + text[-_TAIL:]
    return text[0] + "*" * (len(text) - 1)
