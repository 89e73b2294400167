"""`python -m gateway`: serve the API until told to stop."""

from chassis.base import loading

if __name__ == "__main__":
    loading.begin()

import chassis.running.green  # noqa: F401, I001  first of all, before anything imports a socket or a lock

import sys
from collections.abc import Sequence

from chassis.running.logging import configure, get_logger
from chassis.base.settings import settings
from gateway.bus import run


def main(_arguments: Sequence[str] = ()) -> int:
    """Serve until told to stop. The exit code is 0 after a clean stop, 1 when the address can't be had."""
    loading.done()
    configure("gateway", "gateway", settings().log_format)
    try:
        return run()
    except OSError as error:
        get_logger("gateway").error("could_not_start", reason=error.strerror or type(error).__name__)
        return 1


if __name__ == "__main__":
    sys.exit(main())
