"""Sign-in, accounts, teaching points and users."""

from contracts.identity.commands import (
    ChangePassword,
    CreateTeachingPoint,
    CreateUser,
    DisableTeachingPoint,
    DisableUser,
    EnableTeachingPoint,
    EnableUser,
    EndSessions,
    ForgiveFailedSignIns,
    IssueOneTimePasswords,
    RefreshSession,
    RemoveUser,
    RenameTeachingPoint,
    SignIn,
    SignOut,
    UpdateAccount,
    UpdatePointInformation,
    UpdateUser,
)
from contracts.identity.notices import CountUnreadNotices, ListNotices, MarkAllNoticesRead, MarkNoticesRead
from contracts.identity.queries import (
    GetAccount,
    GetTeachingPoint,
    GetTokenKey,
    GetUser,
    ListSessions,
    ListTeachingPoints,
    ListUsers,
)
from gateway.route import PUBLIC, SIGNED_IN, delete, get, post, put
from gateway.routes.settings import settings_of
from gateway.routes.trail import trail_of

ABOUT = "登录、账号、教学点与用户 · Sign-in, accounts, teaching points and users"

_READ_POINTS = "identity.read_teaching_points"
_MANAGE_POINTS = "identity.manage_teaching_points"
_READ_USERS = "identity.read_users"
_MANAGE_USERS = "identity.manage_users"
_POINT = "/teaching-points/{teaching_point_id}"
_USER = "/users/{user_id}"

ROUTES = (
    # one's own account
    post("/sessions", SignIn, PUBLIC, status=201),
    post("/sessions/refresh", RefreshSession, PUBLIC),
    post("/sessions/sign-out", SignOut, PUBLIC),
    get("/token-key", GetTokenKey, PUBLIC),
    get("/account", GetAccount, SIGNED_IN, before_first_steps=True),
    put("/account", UpdateAccount, SIGNED_IN, before_first_steps=True),
    post("/account/password", ChangePassword, SIGNED_IN, before_first_steps=True),
    get("/account/sessions", ListSessions, SIGNED_IN),
    post("/account/sessions/end", EndSessions, SIGNED_IN),
    # what one is told
    get("/notices", ListNotices, SIGNED_IN),
    get("/notices/unread", CountUnreadNotices, SIGNED_IN),
    post("/notices/read", MarkNoticesRead, SIGNED_IN),
    post("/notices/read-all", MarkAllNoticesRead, SIGNED_IN),
    # teaching points
    get("/teaching-points", ListTeachingPoints, _READ_POINTS),
    post("/teaching-points", CreateTeachingPoint, _MANAGE_POINTS, status=201),
    get(_POINT, GetTeachingPoint, _READ_POINTS),
    put(
        f"{_POINT}/information",
        UpdatePointInformation,
        "identity.edit_point_information",
    ),
    post(f"{_POINT}/rename", RenameTeachingPoint, _MANAGE_POINTS),
    post(f"{_POINT}/disable", DisableTeachingPoint, _MANAGE_POINTS),
    post(f"{_POINT}/enable", EnableTeachingPoint, _MANAGE_POINTS),
    # users
    get("/users", ListUsers, _READ_USERS),
    post("/users", CreateUser, _MANAGE_USERS, status=201),
    get(_USER, GetUser, _READ_USERS),
    put(_USER, UpdateUser, _MANAGE_USERS),
    delete(_USER, RemoveUser, _MANAGE_USERS),
    post(f"{_USER}/disable", DisableUser, _MANAGE_USERS),
    post(f"{_USER}/enable", EnableUser, _MANAGE_USERS),
    # Each is hashed slowly, and two hundred may be asked for.
    post("/users/one-time-passwords", IssueOneTimePasswords, _MANAGE_USERS, timeout=60),
    post("/users/forgive-failed-sign-ins", ForgiveFailedSignIns, _MANAGE_USERS),
    *settings_of("identity"),
    *trail_of("identity", "users", "create"),
)
