"""Hints for who fills in a form. What lengths and ranges say is told from them; here is what a pattern wants, and what
a field is about whose label does not say it all."""

from contracts.words.word import Words

PATTERNS: Words = {
    r"^(https://[A-Za-z0-9.-]+|http://(127\.0\.0\.1|localhost))(:[0-9]{1,5})?(/[A-Za-z0-9._~/-]*)?$": (
        "以 https:// 开头的网址，不含 ? 和 #",
        "An address that begins with https://, without ? and #",
    ),
    r"^https?://[!-~]+$": ("完整的网址", "A whole address"),
    r"^[!-~]+$": ("英文字母、数字和符号，不含空格", "Letters, digits and signs of ASCII, no blanks"),
    r"^[!-~]{1,200}$": ("英文字母、数字和符号，不含空格", "Letters, digits and signs of ASCII, no blanks"),
    r"^[A-Za-z][A-Za-z0-9_.:-]*$": ("平台给出的属性名", "A name as the provider gives it"),
    r"^[A-Za-z0-9][A-Za-z0-9_.@-]{2,39}$": (
        "3 至 40 位字母、数字或 _ . @ -，以字母或数字开头",
        "3 to 40 letters, digits or _ . @ -, the first a letter or digit",
    ),
    r"^1[3-9][0-9]{9}$": ("11 位手机号码", "A mobile number of 11 digits"),
    r"^[A-Za-z0-9._%+-]{1,64}@([A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?\.)+[A-Za-z]{2,}$": (
        "形如 name@example.com",
        "As name@example.com",
    ),
    r"^[0-9]{6}$": ("验证器显示的六位数字", "The six digits that the app shows"),
    r"^([0-9]{6}|[A-Za-z2-9]{4}(-?[A-Za-z2-9]{4}){5})$": (
        "验证器显示的六位数字；手机不在身边时，输入一个恢复码",
        "The six digits that the app shows; without the phone a recovery code",
    ),
    r"^[0-9]{2}$": ("两位数字", "2 digits"),
    r"^[0-9]{4,8}$": ("4 至 8 位数字", "4 to 8 digits"),
    r"^[0-9][0-9-]{6,17}[0-9]$": ("8 至 19 位数字，可用 - 分隔", "8 to 19 digits, with - between them"),
    r"^20[0-9]{2}(0[1-9]|1[0-2])$": ("6 位数字：年份和月份", "6 digits: year and month"),
    r"^[0-9]{4,6}[TK]{0,2}$": (
        "4 至 6 位数字，特设专业后加 T，国家控制布点专业后加 K",
        "4 to 6 digits, with T of special and K of controlled majors",
    ),
    r"^(1\.5|[2-7](\.5)?|8)$": ("1.5 至 8 年，每半年一档", "1.5 to 8 years, by half years"),
    r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,19}$": (
        "最多 20 位字母、数字或 _ . -，以字母或数字开头",
        "Up to 20 letters, digits or _ . -, the first a letter or digit",
    ),
    r"^[0-9]{1,3}(\.[0-9])?$": ("最多 999，可以有一位小数", "Up to 999, with one decimal place"),
    r"^[0-9]{1,10}(\.[0-9]{1,2})?$": ("单位为元，最多两位小数", "Yuan, with two decimal places"),
}
"""Pattern → what it lets in. Those that keep control characters out say nothing to people."""

FIELDS: Words = {
    "ApproveRemittance.received_amount": ("须与汇款单金额一致", "Must be the slip's amount"),
    "BookLateRemittance.received_amount": ("须与汇款单金额一致", "Must be the slip's amount"),
    "AddAssessmentRequirement.final_percent": (
        "没有终考时填 0；与形考比例合计为 100",
        "0 where there is no final; 100 together with the coursework",
    ),
    "AddAssessmentRequirement.exam_kind": ("没有终考时不填", "Left out without a final"),
    "_SignInProviderFields.address": (
        "OpenID Connect 填签发者（issuer）；CAS 填 /login 之前的地址",
        "OpenID Connect: the issuer. CAS: what stands before /login",
    ),
    "_SignInProviderFields.client_secret": (
        "不填则保持不变，更改平台地址时须重新填写；不会再显示",
        "Left out, it stays; with another address enter it anew; it is never shown",
    ),
    "_SignInProviderFields.name_attribute": (
        "仅在账号未绑定时用于辨认，不填则不取姓名",
        "To know people by while they are not bound; none is taken where it is left out",
    ),
    "BindUser.local_sign_in": (
        "不填时系统管理员和学生允许，其他用户不允许",
        "Where it is left out: yes for system administrators and students, no for others",
    ),
    "CreateTeachingPoint.code": (
        "新增后不能修改：学号中包含教学点代码",
        "Never changed: student numbers carry it",
    ),
    "ChangePassword.new_password": (
        "不要使用姓名、学号、生日或常见的密码",
        "No name, number or birthday, and none that is common",
    ),
    "AddressInput.coordinates_of": (
        "经纬度从哪个地图复制；系统换算为 GPS 坐标保存",
        "The map from which they were copied; they are kept as those of GPS",
    ),
    "CreateFeeStandard.student_source": ("不填则适用于所有来源", "For every source where it is left out"),
    "CreateFeeStandard.student_type": ("不填则适用于所有类型", "For every type where it is left out"),
    "CreateFeeStandard.valid_until": ("不填则一直有效", "Open where it is left out"),
    "CreateRefundRule.percent": ("退还已缴金额的百分比", "Share of what was paid that goes back"),
    "CreateRefundRule.within_days": (
        "从缴费当天起算；不填则不限天数",
        "Days after the payment; at any time where it is left out",
    ),
    "DiscardSignups.reason": ("如：已联系，本人不再报名；号码有误", "Such as: does not want to any more; wrong number"),
    "CancelAdmissions.note": ("教学点会看到", "The point reads it"),
    "RecordPriorEducationCheck.check": (
        "虚假学历不予录取；已录取的，同时取消入学资格",
        "Nobody is admitted by a false one; who was, is admitted no more",
    ),
    "RejectApplications.note": ("教学点会看到", "The point reads it"),
    "RejectRemittance.note": ("教学点会看到", "The point reads it"),
    "RejectStatusChanges.note": ("申请人会看到", "Who asked reads it"),
    "RejectWithdrawals.note": ("申请人会看到", "Who asked reads it"),
    "RejectWithdrawalReviews.note": ("申请人会看到", "Who asked reads it"),
    "RemoveStudent.voluntary": ("学生本人申请退学时勾选", "Ticked where the student asks for it"),
    "ResumeStudent.on": ("在休学起始日期以后，不晚于今天", "After the suspension began, not after today"),
    "SuspendStudent.from_on": ("不晚于今天", "Not after today"),
    "SuspendStudent.until_on": ("预计的最后一天", "The last day as planned"),
    "TransferStudent.to_teaching_point_id": (
        "转入的教学点须开设学生的培养方案",
        "It must offer the student's programme",
    ),
    "RoleGrantInput.course_ids": ("课程负责人负责的课程", "Of a course lead: the courses"),
    "RoleGrantInput.modules": ("教学点工作人员可以使用的模块", "Of staff of a point: the modules granted"),
    "attachments": ("PNG、JPEG 或 PDF，每个不超过 5 MB", "PNG, JPEG or PDF, up to 5 MB each"),
    "closes_at": ("到这一时刻为止可以选课", "Selecting ends before this"),
    "degree_only": ("勾选后，没有学位意向的学生不能选", "Only for students who want the degree"),
    "early_selection": ("勾选后，可以提前选以后学期的课程", "Courses may be taken before their term"),
    "effective_from": ("不填则立即生效", "At once where it is left out"),
    "merged_into_id": ("教学点并入其他教学点时填写", "Where it was merged into another point"),
    "pre_audit_credits": ("达到后列入毕业预审名单", "With so many a student is on the pre-audit list"),
    "payment_deadline": ("到期未缴费的选课自动失效", "Unpaid selections lapse at this time"),
    "registration_closes_at": ("到这一时刻为止可以报考", "Registration ends before this"),
    "withdrawal_closes_at": ("不填则为选课截止后一个月", "One month after closing where it is left out"),
}
"""`Contract.field`, or a field's name in all contracts → what to know when it is filled in."""
