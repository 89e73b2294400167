"""Refusals of the finance service."""

from contracts.errors import ErrorKind, ErrorText
from contracts.types import FeeKind

_K = ErrorKind

TEXTS = {
    "fee_standards_overlap": ErrorText(
        _K.CONFLICT,
        "相同条件的收费标准在该日期范围内已存在，请先结束原标准。",
        "A standard for the same students is in force in these days. End that one first.",
    ),
    "refund_rule_exists": ErrorText(
        _K.CONFLICT,
        "该费用类型和天数的退费规则已存在，请先删除原规则。",
        "A rule for this kind of fee and these days exists. Delete it first.",
    ),
    "fee_standard_missing": ErrorText(
        _K.REFUSED,
        "{on} 没有适用的收费标准（{kind}），不能生成缴费单。请设置收费标准后重新选课。",
        "No fee standard ({kind}) is in force on {on}. Set one and select again.",
        {"kind": FeeKind},
    ),
    "bills_not_unpaid": ErrorText(
        _K.CONFLICT,
        "所选缴费单中有 {count} 张不是未缴费状态，请刷新列表后重新选择。",
        "{count} of the bills are not unpaid. Refresh the list and choose again.",
    ),
    "bills_of_several_points": ErrorText(
        _K.REFUSED,
        "一张汇款单只能包含同一教学点的缴费单，请分别创建。",
        "A slip holds bills of one teaching point. Make one for each.",
    ),
    "remittance_too_large": ErrorText(
        _K.TOO_LARGE,
        "连同同一选课的其他缴费单共 {count} 张，超过 {limit} 张的上限，请分成几张汇款单。",
        "With the other bills of the same selections there are {count}, more than {limit}. Make several slips.",
    ),
    "student_in_transfer": ErrorText(
        _K.CONFLICT,
        "所选缴费单中有 {count} 张属于正在转教学点的学生，转教学点办结后再缴费。",
        "{count} of the bills are of students in transfer. Pay them when the transfer is done.",
    ),
    "received_amount_differs": ErrorText(
        _K.REFUSED,
        "到账金额 {received} 元与汇款单金额 {expected} 元不一致，请核对；不一致时请驳回。",
        "{received} yuan arrived for a slip of {expected} yuan. Check it, and reject the slip if they differ.",
    ),
    "money_day_in_future": ErrorText(
        _K.REFUSED,
        "日期不能晚于今天（{today}），请核对年份。",
        "The day can't be after today ({today}). Check the year.",
    ),
    "money_day_too_long_ago": ErrorText(
        _K.REFUSED,
        "日期不能早于 {earliest}，请核对年份。",
        "The day can't be before {earliest}. Check the year.",
    ),
    "grace_period_running": ErrorText(
        _K.CONFLICT,
        "汇款被驳回后的宽限期至 {grace_until}，期间缴费单保留。",
        "The grace period after a rejected remittance runs until {grace_until}; the bill stands until then.",
    ),
    # Why late money went to suspense
    "bill_cancelled": ErrorText(
        _K.CONFLICT,
        "缴费单已取消，到账款项转入挂账并退还缴费的教学点。",
        "The bill is cancelled; the money is in suspense and goes back to the point that paid.",
    ),
    "bill_already_paid": ErrorText(
        _K.CONFLICT,
        "缴费单已由其他付款缴清，到账款项转入挂账并退还缴费的教学点。",
        "The bill was paid otherwise; the money is in suspense and goes back to the point that paid.",
    ),
    "bill_in_payment": ErrorText(
        _K.CONFLICT,
        "缴费单正在另一笔付款中，到账款项转入挂账并退还缴费的教学点。",
        "The bill is in another payment; the money is in suspense and goes back to the point that paid.",
    ),
    "bill_moved": ErrorText(
        _K.CONFLICT,
        "缴费单已随学生转往或将转往其他教学点，到账款项转入挂账并退还缴费的教学点。",
        "The bill goes with its student to another point; the money is in suspense and goes back to the one that paid.",
    ),
    "balance_of_whom": ErrorText(
        _K.INVALID,
        "请指定一个教学点或一名学生，二者选一。",
        "Name either a teaching point or a student.",
    ),
}
