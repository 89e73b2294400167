"""What the numbers that finance gives look like."""

from datetime import date

from services.finance.domain.numbers import SLIP_NUMBER


def test_a_slips_number_names_its_month_and_is_no_number_of_the_version_before() -> None:
    beginning = SLIP_NUMBER.beginning(date(2026, 9, 3), {})
    assert SLIP_NUMBER.number(beginning, 1) == "HK202609000001"
    assert {len(SLIP_NUMBER.number(beginning, serial)) for serial in (1, 999_999)} == {len("HK") + 12}
