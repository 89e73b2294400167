"""`python -m gateway`: serve the API until told to stop."""

# First of all, before anything imports a socket or a lock.
import eventlet

eventlet.monkey_patch()

import sys  # noqa: E402

from chassis.logging import configure, get_logger  # noqa: E402
from chassis.settings import settings  # noqa: E402
from gateway.bus import run  # noqa: E402

if __name__ == "__main__":
    configure("gateway", "gateway", settings().log_format)
    try:
        sys.exit(run())
    except OSError as error:
        get_logger("gateway").error("could_not_start", reason=error.strerror or type(error).__name__)
        sys.exit(1)
