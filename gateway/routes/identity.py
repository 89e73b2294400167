"""Sign-in, accounts, teaching points and users."""

from contracts.identity import avatar, commands, delegation, notices, queries, second_factor, unified
from gateway.route import PUBLIC, SIGNED_IN, delete, get, post, put
from gateway.routes.settings import settings_of
from gateway.routes.trail import trail_of

ABOUT = "登录、账号、教学点与用户 · Sign-in, accounts, teaching points and users"

_READ_POINTS = "identity.read_teaching_points"
_MANAGE_POINTS = "identity.manage_teaching_points"
_READ_USERS = "identity.read_users"
_MANAGE_USERS = "identity.manage_users"
_UNIFIED = "identity.manage_unified_sign_in"
_POINT = "/teaching-points/{teaching_point_id}"
_USER = "/users/{user_id}"
_PROVIDER = "/sign-in-providers/{sign_in_provider_id}"
_BINDING = "/user-bindings/{user_binding_id}"

ROUTES = (
    # one's own account
    post("/sessions", commands.SignIn, PUBLIC, status=201, session_cookie=True),
    post("/sessions/refresh", commands.RefreshSession, PUBLIC, session_cookie=True),
    post("/sessions/sign-out", commands.SignOut, PUBLIC, session_cookie=True),
    get("/sign-in-options", unified.GetSignInOptions, PUBLIC),
    # A provider outside is asked, which may take its time.
    post("/sessions/unified-starts", unified.BeginUnifiedSignIn, PUBLIC, session_cookie=True, timeout=20),
    post("/sessions/unified", unified.FinishUnifiedSignIn, PUBLIC, status=201, session_cookie=True, timeout=30),
    get("/token-key", queries.GetTokenKey, PUBLIC),
    get("/account", queries.GetAccount, SIGNED_IN, before_first_steps=True),
    put("/account", commands.UpdateAccount, SIGNED_IN, before_first_steps=True),
    post("/account/password", commands.ChangePassword, SIGNED_IN, before_first_steps=True, session_cookie=True),
    put("/account/avatar", avatar.SetAvatar, SIGNED_IN),
    get("/account/avatar", avatar.GetAvatar, SIGNED_IN, downloads=""),
    get("/account/sessions", queries.ListSessions, SIGNED_IN),
    post("/account/sessions/end", commands.EndSessions, SIGNED_IN),
    get("/account/sign-in-provider", unified.GetBoundProvider, SIGNED_IN),
    # one's second factor
    get("/account/second-factor", second_factor.GetSecondFactor, SIGNED_IN),
    post("/account/second-factor/code", second_factor.EnterCode, SIGNED_IN, before_first_steps=True, takes_code=True),
    post("/account/second-factor/offer", second_factor.OfferSecondFactor, SIGNED_IN, before_first_steps=True),
    put(
        "/account/second-factor",
        second_factor.SetUpSecondFactor,
        SIGNED_IN,
        before_first_steps=True,
        asks_again=True,
    ),
    post("/account/second-factor/recovery-codes", second_factor.RenewRecoveryCodes, SIGNED_IN, asks_again=True),
    delete("/account/second-factor", second_factor.RemoveSecondFactor, SIGNED_IN, asks_again=True),
    # permissions for a time
    get("/account/delegations", delegation.ListDelegations, SIGNED_IN),
    post("/account/delegations", delegation.GiveDelegations, SIGNED_IN),
    post("/account/delegations/end", delegation.EndDelegations, SIGNED_IN),
    get("/account/colleagues", delegation.ListColleagues, SIGNED_IN),
    # what one is told
    get("/notices", notices.ListNotices, SIGNED_IN),
    get("/notices/unread", notices.CountUnreadNotices, SIGNED_IN),
    post("/notices/read", notices.MarkNoticesRead, SIGNED_IN),
    post("/notices/read-all", notices.MarkAllNoticesRead, SIGNED_IN),
    # teaching points
    get("/teaching-points", queries.ListTeachingPoints, _READ_POINTS),
    post("/teaching-points", commands.CreateTeachingPoint, _MANAGE_POINTS, status=201),
    get(_POINT, queries.GetTeachingPoint, _READ_POINTS),
    put(f"{_POINT}/information", commands.UpdatePointInformation, "identity.edit_point_information"),
    post(f"{_POINT}/rename", commands.RenameTeachingPoint, _MANAGE_POINTS),
    post(f"{_POINT}/disable", commands.DisableTeachingPoint, _MANAGE_POINTS),
    post(f"{_POINT}/enable", commands.EnableTeachingPoint, _MANAGE_POINTS),
    # users
    get("/users", queries.ListUsers, _READ_USERS),
    post("/users", commands.CreateUser, _MANAGE_USERS, status=201),
    get(_USER, queries.GetUser, _READ_USERS),
    put(_USER, commands.UpdateUser, _MANAGE_USERS),
    delete(_USER, commands.RemoveUser, _MANAGE_USERS),
    post(f"{_USER}/disable", commands.DisableUser, _MANAGE_USERS),
    post(f"{_USER}/enable", commands.EnableUser, _MANAGE_USERS),
    # Each is hashed slowly, and two hundred may be asked for.
    post("/users/one-time-passwords", commands.IssueOneTimePasswords, _MANAGE_USERS, timeout=60),
    post(f"{_USER}/reset-second-factor", second_factor.ResetSecondFactor, _MANAGE_USERS, asks_again=True),
    post("/users/forgive-failed-sign-ins", commands.ForgiveFailedSignIns, _MANAGE_USERS),
    get("/reconciliation/accounts", queries.ListAccountStatements, "reconciliation.read"),
    # unified sign-in
    get("/sign-in-providers", unified.ListSignInProviders, _UNIFIED),
    post("/sign-in-providers", unified.CreateSignInProvider, _UNIFIED, status=201, asks_again=True),
    put(_PROVIDER, unified.UpdateSignInProvider, _UNIFIED, asks_again=True),
    post(f"{_PROVIDER}/disable", unified.DisableSignInProvider, _UNIFIED),
    post(f"{_PROVIDER}/enable", unified.EnableSignInProvider, _UNIFIED),
    get("/user-bindings", unified.ListUserBindings, _UNIFIED),
    post("/user-bindings", unified.BindUser, _UNIFIED, status=201, asks_again=True),
    post(f"{_BINDING}/local-sign-in", unified.ChangeLocalSignIn, _UNIFIED, asks_again=True),
    post(f"{_BINDING}/unbind", unified.UnbindUser, _UNIFIED, asks_again=True),
    get("/unbound-subjects", unified.ListUnboundSubjects, _UNIFIED),
    *settings_of("identity"),
    *trail_of("identity", "users", "create"),
)
