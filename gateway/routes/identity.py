"""Sign-in, accounts, teaching points and users."""

from contracts.common import ListAuditEntries, of_service
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

ABOUT = "登录、账号、教学点与用户 · Sign-in, accounts, teaching points and users"

_READ_POINTS = "identity.read_teaching_points"
_MANAGE_POINTS = "identity.manage_teaching_points"
_READ_USERS = "identity.read_users"
_MANAGE_USERS = "identity.manage_users"
_POINT = "/teaching-points/{teaching_point_id}"
_USER = "/users/{user_id}"

ROUTES = (
    # one's own account
    post("/sessions", SignIn, PUBLIC, status=201, title="登录"),
    post("/sessions/refresh", RefreshSession, PUBLIC, title="刷新令牌"),
    post("/sessions/sign-out", SignOut, PUBLIC, title="退出登录"),
    get("/token-key", GetTokenKey, PUBLIC, title="令牌公钥"),
    get("/account", GetAccount, SIGNED_IN, before_first_steps=True, title="我的账号"),
    put("/account", UpdateAccount, SIGNED_IN, before_first_steps=True, title="修改个人信息"),
    post("/account/password", ChangePassword, SIGNED_IN, before_first_steps=True, title="修改密码"),
    get("/account/sessions", ListSessions, SIGNED_IN, title="我的登录设备"),
    post("/account/sessions/end", EndSessions, SIGNED_IN, title="下线登录设备"),
    # teaching points
    get("/teaching-points", ListTeachingPoints, _READ_POINTS, title="教学点列表"),
    post("/teaching-points", CreateTeachingPoint, _MANAGE_POINTS, status=201, title="新增教学点"),
    get(_POINT, GetTeachingPoint, _READ_POINTS, title="教学点详情"),
    put(
        f"{_POINT}/information",
        UpdatePointInformation,
        "identity.edit_point_information",
        title="修改教学点信息",
    ),
    post(f"{_POINT}/rename", RenameTeachingPoint, _MANAGE_POINTS, title="教学点更名"),
    post(f"{_POINT}/disable", DisableTeachingPoint, _MANAGE_POINTS, title="停用教学点"),
    post(f"{_POINT}/enable", EnableTeachingPoint, _MANAGE_POINTS, title="启用教学点"),
    # users
    get("/users", ListUsers, _READ_USERS, title="用户列表"),
    post("/users", CreateUser, _MANAGE_USERS, status=201, title="新增用户"),
    get(_USER, GetUser, _READ_USERS, title="用户详情"),
    put(_USER, UpdateUser, _MANAGE_USERS, title="修改用户"),
    delete(_USER, RemoveUser, _MANAGE_USERS, title="删除用户"),
    post(f"{_USER}/disable", DisableUser, _MANAGE_USERS, title="停用用户"),
    post(f"{_USER}/enable", EnableUser, _MANAGE_USERS, title="启用用户"),
    # Each is hashed slowly, and two hundred may be asked for.
    post("/users/one-time-passwords", IssueOneTimePasswords, _MANAGE_USERS, timeout=60, title="发放一次性密码"),
    post("/users/forgive-failed-sign-ins", ForgiveFailedSignIns, _MANAGE_USERS, title="解除登录限制"),
    get("/audit-entries/identity", of_service("identity", ListAuditEntries), "audit.read", title="审计日志：账号"),
)
