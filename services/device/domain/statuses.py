"""The SAM_V reader's status byte, and what each one means for the person at the counter (docs/device.md)."""

from enum import IntEnum


class Status(IntEnum):
    """The third status byte of an answer."""

    OK = 0x90
    CARD_FOUND = 0x9F
    NO_CARD = 0x80
    SELECT_FAILED = 0x81
    NO_CONTENT = 0x91
    FRAME_CHECKSUM_WRONG = 0x10
    FRAME_LENGTH_WRONG = 0x11
    COMMAND_WRONG = 0x21
    UNRECOGNISED_ERROR = 0x24
    CARD_REJECTED_READER = 0x31
    READER_REJECTED_CARD = 0x32
    INFORMATION_CHECK_FAILED = 0x33
    WRONG_CARD = 0x40
    READ_FAILED = 0x41
    RANDOM_NUMBER_FAILED = 0x47
    SELF_TEST_FAILED = 0x60
    NOT_AUTHORISED = 0x66


# The notice (notices.py) that tells a person what to do.
_NOTICES = {
    Status.SELECT_FAILED: "card_unreadable",
    Status.NO_CONTENT: "card_unreadable",
    Status.READ_FAILED: "card_unreadable",
    Status.RANDOM_NUMBER_FAILED: "card_unreadable",
    Status.UNRECOGNISED_ERROR: "card_unreadable",
    Status.CARD_REJECTED_READER: "card_rejected",
    Status.READER_REJECTED_CARD: "card_rejected",
    Status.INFORMATION_CHECK_FAILED: "card_rejected",
    Status.WRONG_CARD: "not_an_identity_card",
    Status.FRAME_CHECKSUM_WRONG: "reader_line_disturbed",
    Status.FRAME_LENGTH_WRONG: "reader_line_disturbed",
    Status.COMMAND_WRONG: "reader_line_disturbed",
    Status.SELF_TEST_FAILED: "reader_self_test_failed",
    Status.NOT_AUTHORISED: "reader_not_authorised",
}

# What reading the card once more can mend: a card that moved, a disturbed line.
_PASSING = {"card_unreadable", "reader_line_disturbed"}


def notice_for(status: int) -> str:
    """The notice for a status that is not what the command hoped for; unknown ones have a notice of their own."""
    try:
        return _NOTICES[Status(status)]
    except (ValueError, KeyError):
        return "reader_status_unknown"


def worth_another_try(notice: str) -> bool:
    """Whether the failure may pass when the card is simply read again."""
    return notice in _PASSING
