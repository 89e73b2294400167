"""Gives a new system its first system administrator: `python -m services.identity.bootstrap`.

Reads JIAOWU_DATABASE_URL. Prints the one-time password for the first sign-in; does nothing where there is an
administrator already, unless `--again` asks for a new one-time password (for whoever forgot the only one, or whose
provider is away: the account is opened by it whatever the school said), and `--without-second-factor` takes the second
factor away besides (for whoever has lost it, and the recovery codes).
"""

from __future__ import annotations

import argparse
import sys

from sqlalchemy import select

from chassis.base.context import system_context
from chassis.base.settings import settings
from chassis.data.database import Database
from chassis.data.unit_of_work import UnitOfWork
from contracts.identity.commands import CreateUser, IssueOneTimePasswords
from contracts.identity.views import OneTimePassword, RoleGrant
from contracts.permissions import Role
from contracts.words import member_word
from services.identity.commands.users import create_user, issue_one_time_passwords
from services.identity.service import SERVICE
from services.identity.steps import second_factors
from services.identity.steps.local_sign_in import ADMINISTRATORS, allow
from services.identity.tables.users import users


def make(
    uow: UnitOfWork, username: str, *, again: bool = False, without_second_factor: bool = False
) -> OneTimePassword | None:
    """The administrator's one-time password, or None when there was nothing to do."""
    if uow.first(ADMINISTRATORS) is None:
        role = RoleGrant(role=Role.SYSTEM_ADMIN)
        command = CreateUser(username=username, name=member_word(Role.SYSTEM_ADMIN).zh, roles=(role.model_dump(),))
        return create_user(command, uow).one_time_password
    named = uow.first(select(users).where(users.c.username == username, users.c.id.in_(ADMINISTRATORS)))
    if again and named is not None:
        if without_second_factor and named.second_factor_since is not None:
            second_factors.remove(uow, named.id)
            uow.audit(users, named.id, "reset_second_factor", after={"reason": "on the server"})
        allow(uow, named, "on the server", allowed=True)
        return issue_one_time_passwords(IssueOneTimePasswords(user_ids=(named.id,)), uow).items[0]
    return None


def main() -> int:
    """Print username and one-time password, tab separated, on one line; nothing when there was nothing to do."""
    parser = argparse.ArgumentParser(prog="python -m services.identity.bootstrap", description=__doc__)
    parser.add_argument("--username", default="admin", help="name to sign in with")
    parser.add_argument("--again", action="store_true", help="a new one-time password for an administrator there is")
    parser.add_argument("--without-second-factor", action="store_true", help="with --again: the second factor is lost")
    options = parser.parse_args()
    database = Database(settings().database_url.get_secret_value(), SERVICE, pool_size=1)
    asked = {"again": options.again, "without_second_factor": options.without_second_factor}
    made = database.run(system_context(), lambda uow: make(uow, options.username, **asked))
    if made is not None:
        sys.stdout.write(f"{made.username}\t{made.password}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
