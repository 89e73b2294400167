"""What the commands end with, for scripts and systemd."""

from enum import IntEnum


class ExitCode(IntEnum):
    """2 is a wrong command line, by the shell's own custom."""

    OK = 0
    NOT_WELL = 1
    SETTINGS_REFUSED = 3
    NO_READER = 4
    NO_CARD = 5
    NOT_DELIVERED = 6
    ALREADY_RUNNING = 7
