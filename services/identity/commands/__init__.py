"""What identity can be told to do."""

from services.identity.commands.accounts import change_password, end_sessions, update_account
from services.identity.commands.sessions import refresh_session, sign_in, sign_out
from services.identity.commands.teaching_points import (
    create_teaching_point,
    disable_teaching_point,
    enable_teaching_point,
    rename_teaching_point,
    update_point_information,
)
from services.identity.commands.users import (
    create_user,
    disable_user,
    enable_user,
    issue_one_time_passwords,
    remove_user,
    update_user,
)

__all__ = [
    "change_password",
    "create_teaching_point",
    "create_user",
    "disable_teaching_point",
    "disable_user",
    "enable_teaching_point",
    "enable_user",
    "end_sessions",
    "issue_one_time_passwords",
    "refresh_session",
    "remove_user",
    "rename_teaching_point",
    "sign_in",
    "sign_out",
    "update_account",
    "update_point_information",
    "update_user",
]
