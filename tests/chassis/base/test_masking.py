"""What is shown of a number to those who don't need it."""

import pytest

from chassis.base.masking import mask


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("320311194912310027", "320311**********27"),
        ("H12345678", "H1*****78"),
        ("12345", "12*45"),
        ("A123", "****"),
        ("", ""),
    ],
)
def test_a_masked_number_can_be_recognised_but_not_used(number: str, shown: str) -> None:
    assert mask(number) == shown
