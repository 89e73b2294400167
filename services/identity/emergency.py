"""Ends everybody's session, because a key that signs tokens has become known: `python -m services.identity.emergency`.

Reads JIAOWU_DATABASE_URL. Identity has to have its new key first, and that alone: what the former one signed counts at
no gateway then, and who signs in meanwhile does it with the new one. `./jiaowu change-token-key --at-once` does both.
"""

from __future__ import annotations

import sys

from chassis.base.context import system_context
from chassis.base.settings import settings
from chassis.data.database import Database
from services.identity.service import SERVICE
from services.identity.steps.revoking import end_all_sessions


def main() -> int:
    """Print how many sessions there were."""
    database = Database(settings().database_url.get_secret_value(), SERVICE, pool_size=1)
    sys.stdout.write(f"{database.run(system_context(), end_all_sessions)}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
