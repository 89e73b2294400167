"""Words for what the school sets."""

from contracts.words.word import Words

SETTINGS: Words = {
    "grace_days": ("汇款驳回后的宽限期", "Time to pay after a rejected remittance"),
    "student_number_template": ("学号规则", "Template of student numbers"),
    "youngest_applicant": ("报名最低年龄提示", "Age below which applicants are pointed out"),
    "signup_work": ("在线报名验证计算难度", "Work before a quick signup"),
    "signup_kept_days": ("在线报名办结后保留天数", "Days to keep a quick signup"),
    "application_kept_days": ("未录取报名表保留天数", "Days to keep a form that came to nothing"),
    "second_factor_roles": ("须使用两步验证的角色", "Roles that have to have a second factor"),
    "second_factor_minutes": (
        "退费、录取、取消入学资格前验证码的有效时间",
        "How long a code counts before payouts, admission and what ends it",
    ),
    "school_name": ("学校名称", "Name of the school"),
    "school_english_name": ("学校英文名称", "English name of the school"),
    "school_seal": ("学校公章", "Seal of the school"),
    "school_logo": ("学校标识", "Logo of the school"),
}
