"""Refusals of the identity service."""

from contracts.errors import ErrorKind, ErrorText
from contracts.permissions import Role

_K = ErrorKind

TEXTS = {
    "bad_credentials": ErrorText(
        _K.UNAUTHENTICATED,
        "用户名或密码不正确，请重新输入；忘记密码请联系管理员重置。",
        "Username or password is wrong. Try again, or ask an administrator for a new password.",
    ),
    "account_waits": ErrorText(
        _K.TOO_MANY,
        "密码或验证码错误次数过多，请在 {retry_after} 秒后重试，或联系管理员解除限制。",
        "Too many wrong passwords or codes. Try again in {retry_after} seconds, or ask an administrator to let you in.",
    ),
    "account_disabled": ErrorText(
        _K.FORBIDDEN,
        "账号已停用，请联系管理员。",
        "The account is disabled. Ask an administrator.",
    ),
    "teaching_point_disabled": ErrorText(
        _K.FORBIDDEN,
        "所属教学点已停用，不能登录，请联系学校。",
        "Your teaching point is disabled. Ask the school.",
    ),
    "one_time_password_expired": ErrorText(
        _K.UNAUTHENTICATED,
        "一次性密码已过期或已使用，请联系管理员重新发放。",
        "The one-time password has expired or was used. Ask an administrator for a new one.",
    ),
    "wrong_current_password": ErrorText(
        _K.REFUSED, "当前密码不正确，请重新输入。", "The current password is wrong. Enter it again."
    ),
    "password_unchanged": ErrorText(
        _K.REFUSED, "新密码不能与当前密码相同。", "The new password must differ from the current one."
    ),
    "password_too_easy": ErrorText(
        _K.REFUSED,
        "新密码过于常见或含有用户名、姓名等个人信息，请换一个不易猜到的密码，例如几个互不相关的词。",
        "The new password is common, or holds your name or the like. Choose another, such as several unrelated words.",
    ),
    "wrong_code": ErrorText(
        _K.REFUSED,
        "验证码不正确，请输入验证器当前显示的六位数字，并检查手机时间是否准确；手机不在身边时可使用恢复码。",
        "The code is wrong. Enter the six digits that your app shows now and see that your phone's clock is right, or"
        " use a recovery code.",
    ),
    "code_used": ErrorText(
        _K.REFUSED,
        "此验证码已使用过，请等验证器显示新的验证码（每 30 秒更新一次）后再输入。",
        "This code was used already. Wait for the next one, which your app shows within 30 seconds.",
    ),
    "offer_expired": ErrorText(
        _K.REFUSED, "二维码已过期，请重新获取后扫描。", "This secret has expired. Get another one and scan it."
    ),
    "second_factor_missing": ErrorText(
        _K.REFUSED,
        "此账号未设置两步验证，不需要此操作；要使用两步验证的，请本人登录后在“两步验证”页面设置。",
        "The account has no second factor, so there is nothing to do. Its owner sets one up on the page of that name.",
    ),
    "second_factor_demanded": ErrorText(
        _K.REFUSED,
        "学校要求您的角色使用两步验证，不能停用；更换手机请重新设置。",
        "The school demands a second factor of your role. Set it up anew for another phone.",
    ),
    "second_factor_unreadable": ErrorText(
        _K.REFUSED,
        "系统密钥已紧急更换，原验证器不再有效，请使用恢复码，或联系管理员重置两步验证。",
        "The system's key was replaced, and your app counts no more. Use a recovery code, or ask an administrator.",
    ),
    "permission_not_own": ErrorText(
        _K.FORBIDDEN,
        "所选权限中有不属于您本人的或不能委托的，请重新选择；受托的权限不能再委托。",
        "One of these is no permission of your own, or can't be handed on. Choose others.",
    ),
    "not_a_colleague": ErrorText(
        _K.REFUSED,
        "只能委托给本单位能登录的其他同事，请重新选择。",
        "Permissions are handed to others of the same organisation who can sign in. Choose somebody else.",
    ),
    "delegation_until_past": ErrorText(
        _K.INVALID, "有效期不能早于今天，请重新选择日期。", "The last day is over. Choose a later one."
    ),
    "delegation_too_long": ErrorText(
        _K.INVALID,
        "委托最长 {days} 天，请选择更早的日期；长期需要请联系管理员授予角色。",
        "A delegation lasts {days} days at most. Choose an earlier day, or ask an administrator for a role.",
    ),
    "delegation_exists": ErrorText(
        _K.CONFLICT,
        "所选权限中有已委托给该同事且仍有效的，请先收回或不再选择。",
        "The colleague has one of these of you already. Take it back first, or leave it out.",
    ),
    "too_many_delegations": ErrorText(
        _K.REFUSED,
        "一人最多同时委托或受托 {limit} 项权限，请先收回不再需要的委托。",
        "Nobody hands on or receives more than {limit} permissions at a time. End some first.",
    ),
    "image_too_small": ErrorText(
        _K.INVALID,
        "图片的宽和高至少 {pixels} 像素，请换一张更大的图片。",
        "The picture needs {pixels} pixels in width and height at least. Choose a larger one.",
    ),
    "from_record": ErrorText(
        _K.REFUSED,
        "学生的姓名、性别和账号状态来自学籍信息，请在学籍管理中修改。",
        "A student's name, gender and account come from the student record. Change them there.",
    ),
    "teaching_point_code_taken": ErrorText(
        _K.CONFLICT, "教学点代码已被使用，请换一个。", "This teaching point code is in use. Choose another."
    ),
    "username_taken": ErrorText(_K.CONFLICT, "用户名已被使用，请换一个。", "This username is in use. Choose another."),
    "role_not_grantable": ErrorText(
        _K.FORBIDDEN,
        "您不能授予角色“{role}”，只能授予本教学点的角色。",
        "You may not give the role “{role}”, only roles of your own teaching point.",
        {"role": Role},
    ),
    "role_needs_teaching_point": ErrorText(
        _K.INVALID,
        "角色“{role}”属于教学点，请选择教学点。",
        "The role “{role}” belongs to a teaching point. Choose one.",
        {"role": Role},
    ),
    "role_not_of_teaching_point": ErrorText(
        _K.INVALID,
        "角色“{role}”属于学校，不能授予教学点人员。",
        "The role “{role}” is the school's and not for staff of a teaching point.",
        {"role": Role},
    ),
    "role_needs_modules": ErrorText(
        _K.INVALID,
        "教学点工作人员须至少授予一个功能模块。",
        "Teaching-point staff need at least one module.",
    ),
    "role_needs_courses": ErrorText(
        _K.INVALID, "课程负责人须至少指定一门课程。", "A course lead needs at least one course."
    ),
    "own_account": ErrorText(
        _K.REFUSED,
        "不能停用、启用、删除自己的账号，也不能为自己发放一次性密码或重置两步验证，请由其他管理员办理。",
        "You can't disable, enable, remove or reset your own account or give it a password. Ask another administrator.",
    ),
    "local_sign_in_off": ErrorText(
        _K.FORBIDDEN,
        "您的账号使用统一身份认证，密码不在本平台设置和使用：请在登录页的“其他登录方式”中选择，密码在统一认证平台修改。",
        "Your account signs in by the school's provider, where its password is, too. Choose it on the sign-in page.",
    ),
    "some_sign_in_elsewhere": ErrorText(
        _K.REFUSED,
        "其中 {count} 个用户使用统一身份认证，不能在本平台发放密码，请先允许其本地登录或去掉这些用户。",
        "{count} of them sign in by the school's provider. Allow them local sign-in first, or leave them out.",
    ),
    "last_local_sign_in": ErrorText(
        _K.REFUSED,
        "统一认证平台故障时，至少要有一名系统管理员能本地登录，请先允许另一名系统管理员本地登录。",
        "While the provider is away one system administrator has to come in by password. Allow another local sign-in.",
    ),
    "sign_in_provider_off": ErrorText(
        _K.NOT_FOUND,
        "这个统一认证平台已停用，请返回登录页选择其他方式。",
        "This provider is not in use. Go back to the sign-in page and choose another way.",
    ),
    "sign_in_provider_name_taken": ErrorText(
        _K.CONFLICT, "已有同名的统一认证平台，请换一个名称。", "There is a provider of this name. Choose another."
    ),
    "sign_in_provider_unreachable": ErrorText(
        _K.UNAVAILABLE,
        "统一认证平台没有响应，请稍后重新登录；如持续出现，请联系学校管理员。",
        "The provider does not answer. Begin again in a while, or ask an administrator of the school.",
    ),
    "sign_in_provider_refused": ErrorText(
        _K.UNAUTHENTICATED,
        "统一认证平台没有确认这次登录，请重新登录。",
        "The provider did not confirm this sign-in. Begin again.",
    ),
    "sign_in_provider_not_believed": ErrorText(
        _K.UNAUTHENTICATED,
        "统一认证平台的答复未通过核验，这次登录没有完成。请重新登录；如持续出现，请联系学校管理员。",
        "What the provider answered did not stand the check. Begin again, or ask an administrator of the school.",
    ),
    "sign_in_not_started": ErrorText(
        _K.UNAUTHENTICATED,
        "登录页面已失效，请重新登录。",
        "The sign-in page is no longer valid. Sign in again.",
    ),
    "sign_in_elsewhere": ErrorText(
        _K.UNAUTHENTICATED,
        "这次登录是在另一个浏览器或另一个网址开始的，请在本页重新开始。",
        "This sign-in was begun in another browser or at another address. Begin again here.",
    ),
    "sign_in_too_late": ErrorText(
        _K.UNAUTHENTICATED,
        "这次登录开始已超过 {minutes} 分钟，请重新开始。",
        "This sign-in was begun more than {minutes} minutes ago. Begin again.",
    ),
    "sign_in_finished": ErrorText(
        _K.UNAUTHENTICATED,
        "这次登录的凭据已经使用过，不能再次使用，请重新开始。",
        "This sign-in has been used already. Begin again.",
    ),
    "subject_not_bound": ErrorText(
        _K.FORBIDDEN,
        "您已通过统一身份认证，但您的统一认证账号尚未绑定本平台的账号，请联系学校管理员绑定后再登录。",
        "The provider knows you, but no account here is bound to you yet. Ask an administrator of the school.",
    ),
    "subject_bound": ErrorText(
        _K.CONFLICT,
        "这个统一认证账号已绑定其他用户，请先解除原绑定。",
        "This subject is bound to another user. Undo that binding first.",
    ),
    "user_bound": ErrorText(
        _K.CONFLICT,
        "该用户已绑定统一认证账号，请先解除原绑定。",
        "The user is bound already. Undo that binding first.",
    ),
}
