"""Refusals that any service or the gateway can give."""

from contracts.errors import ErrorKind, ErrorText, Named
from contracts.types import EnrolmentStatus

_K = ErrorKind

TEXTS = {
    # The request itself
    "validation_failed": ErrorText(
        _K.INVALID,
        "提交的内容有误，请按各字段的提示修改后重新提交。",
        "The request has mistakes. Correct the fields listed and send it again.",
    ),
    "bad_request": ErrorText(
        _K.INVALID,
        "无法理解该请求，请检查地址、查询参数和请求头。",
        "The request can't be understood. Check its address, query and headers.",
    ),
    "malformed_json": ErrorText(
        _K.INVALID,
        "请求体不是有效的 JSON，请检查后重试。",
        "The body is not valid JSON. Check it and try again.",
    ),
    "unsupported_media_type": ErrorText(
        _K.UNSUPPORTED,
        "不支持这种内容类型，请使用 {expected}。",
        "This content type is not supported. Use {expected}.",
    ),
    "asked_too_often": ErrorText(
        _K.TOO_MANY,
        "查询或提交过于频繁，请在 {retry_after} 秒后重试。",
        "This was asked too often. Try again in {retry_after} seconds.",
    ),
    "work_required": ErrorText(
        _K.TOO_MANY,
        "需要先完成一次验证计算（约 {seconds} 秒），请等待计算完成后自动重新提交。",
        "A computation must be done first (some {seconds} seconds). Wait until it is done; the request is sent again.",
    ),
    "body_too_large": ErrorText(
        _K.TOO_LARGE,
        "请求体超过 {limit} 字节的上限，请缩小或分批提交。",
        "The body exceeds {limit} bytes. Make it smaller or send it in parts.",
    ),
    "route_not_found": ErrorText(
        _K.NOT_FOUND, "没有这个地址，请查阅接口文档。", "There is no such address. See the API documentation."
    ),
    "method_not_allowed": ErrorText(
        _K.INVALID,
        "这个地址不支持该方法，可用的方法：{allowed}。",
        "This address does not take that method. It takes: {allowed}.",
    ),
    "idempotency_key_reused": ErrorText(
        _K.INVALID,
        "同一个 Idempotency-Key 已用于内容不同的请求，请换一个新的键。",
        "This Idempotency-Key was used for another request. Use a new key.",
    ),
    "answer_not_repeated": ErrorText(
        _K.CONFLICT,
        "该请求此前已经办理，但您现在的权限与当时不同，不再重复返回结果，请在列表中查看，不要换键重发。",
        "This request was carried out before, under rights that you don't have now. Look at the list for what came of "
        "it, and don't send it again under another key.",
    ),
    "bad_idempotency_key": ErrorText(
        _K.INVALID,
        "Idempotency-Key 须为 8 至 80 个字母、数字、“-”或“_”。",
        "An Idempotency-Key has 8 to 80 letters, digits, hyphens or underscores.",
    ),
    "sort_not_supported": ErrorText(
        _K.INVALID,
        "不能按该字段排序，可用的字段：{allowed}。",
        "Can't sort by this field. Sort by one of: {allowed}.",
    ),
    "filter_not_supported": ErrorText(
        _K.INVALID,
        "该筛选条件所依据的内容（{columns}）您无权查看，请去掉此条件后重试。",
        "This filter looks at what you may not see ({columns}). Leave it out and try again.",
        {"columns": Named.FIELD},
    ),
    "narrow_the_list": ErrorText(
        _K.INVALID,
        "这样的条件组合或排序无法很快给出结果。请缩小范围，使符合条件的记录不超过{limit}条；或按默认顺序查看，"
        "不加条件，或只用以下条件之一：{filters}。需要全部记录时请导出。",
        "This can't be combined or sorted quickly. Narrow it until at most {limit} rows match, or ask in the list's own "
        "order, without a filter or by one of these alone: {filters}. For all rows, export the list.",
        {"filters": Named.FIELD},
    ),
    "page_too_far": ErrorText(
        _K.INVALID,
        "页码只能翻到第{limit}条记录，请改用“下一页”（after）继续，或增加筛选条件。",
        "Pages have numbers up to row {limit}. Go on from the last row seen (after), or add a filter.",
    ),
    "list_position_unknown": ErrorText(
        _K.INVALID,
        "找不到要从其后继续的记录，它可能已不在您的范围内，请从第一页重新查看。",
        "There is no row to go on from: it may have left what you see. Begin with the first page again.",
    ),
    # Who asks
    "unauthenticated": ErrorText(_K.UNAUTHENTICATED, "请先登录。", "Sign in first."),
    "token_expired": ErrorText(
        _K.UNAUTHENTICATED,
        "登录凭证已过期，请刷新凭证或重新登录。",
        "The token has expired. Refresh it or sign in again.",
    ),
    "token_invalid": ErrorText(
        _K.UNAUTHENTICATED, "登录凭证无效，请重新登录。", "The token is not valid. Sign in again."
    ),
    "token_revoked": ErrorText(
        _K.UNAUTHENTICATED,
        "账号信息已变更或会话已结束，请重新登录。",
        "The account has changed or the session has ended. Sign in again.",
    ),
    "session_ended": ErrorText(_K.UNAUTHENTICATED, "会话已结束，请重新登录。", "The session has ended. Sign in again."),
    "cross_site_request": ErrorText(
        _K.FORBIDDEN,
        "该请求来自其他网站的页面，已被拒绝。请在本系统的页面上操作。",
        "A page of another site sent this, so it was refused. Use the pages of this system.",
    ),
    "second_factor_required": ErrorText(
        _K.FORBIDDEN,
        "请先输入两步验证的验证码，完成登录后再使用其他功能。",
        "First enter a code of your second factor; then everything else works.",
    ),
    "second_factor_again": ErrorText(
        _K.FORBIDDEN,
        "此操作须再次验证身份，请输入验证器当前显示的验证码后重新提交。",
        "This asks for a code once more. Enter the one that your app shows, and send it again.",
    ),
    "first_steps_required": ErrorText(
        _K.FORBIDDEN,
        "首次登录须先修改密码并完善实名信息，完成后即可使用其他功能。",
        "First change your password and complete your profile; then everything else works.",
    ),
    "forbidden": ErrorText(
        _K.FORBIDDEN,
        "您没有进行此操作的权限，如有需要请联系管理员。",
        "You may not do this. Ask an administrator if you need to.",
    ),
    "decides_own_request": ErrorText(
        _K.FORBIDDEN,
        "不能审核自己提交的申请，请由其他人员办理。",
        "Nobody decides a request that they entered. Ask a colleague to decide it.",
    ),
    "not_own_request": ErrorText(
        _K.FORBIDDEN,
        "只能由申请的提交人办理，请联系提交人。",
        "Only the person who entered the request may do this. Ask them to.",
    ),
    "same_reviewer": ErrorText(
        _K.FORBIDDEN,
        "同一申请的两次审核须由不同人员办理，请由其他人员审核。",
        "The two reviews of one request are by different people. Ask a colleague to review it.",
    ),
    # The object
    "not_found": ErrorText(
        _K.NOT_FOUND, "没有找到该记录，请核对后重试。", "There is no such record. Check it and try again."
    ),
    "some_not_found": ErrorText(
        _K.NOT_FOUND,
        "所选记录中有 {count} 条不存在，请刷新列表后重新选择。",
        "{count} of the chosen records do not exist. Refresh the list and choose again.",
    ),
    "stale_version": ErrorText(
        _K.CONFLICT,
        "该记录已被他人修改，请刷新后在最新内容上重新操作。",
        "Someone has changed this record meanwhile. Reload it and make your change again.",
    ),
    "already_exists": ErrorText(
        _K.CONFLICT, "已有相同的记录，请勿重复添加。", "Such a record exists already. Do not add it twice."
    ),
    "still_in_use": ErrorText(
        _K.CONFLICT,
        "该记录仍被使用，不能删除，可改为停用。",
        "This record is in use and can't be deleted. Disable it instead.",
    ),
    "request_already_open": ErrorText(
        _K.CONFLICT,
        "已有未办结的申请，请待其办结或撤销后再申请。",
        "A request is open already. Wait until it is decided or revoke it first.",
    ),
    "step_not_allowed": ErrorText(
        _K.CONFLICT,
        "当前状态（{state}）下不能进行“{action}”操作，请刷新后查看最新状态。",
        "“{action}” is not possible in the state “{state}”. Reload to see where it stands.",
        {"state": Named.STATE, "action": Named.ACTION},
    ),
    "command_in_progress": ErrorText(
        _K.CONFLICT,
        "相关记录正在被其他操作处理，请稍后重试。",
        "Another operation is working on these records. Try again in a moment.",
    ),
    # Load and trouble
    "rate_limited": ErrorText(
        _K.TOO_MANY,
        "操作过于频繁，请在 {retry_after} 秒后重试。",
        "Too many requests. Try again in {retry_after} seconds.",
    ),
    "too_many_streams": ErrorText(
        _K.TOO_MANY,
        "实时消息连接不能超过 {limit} 个，请关闭不用的页面。",
        "There may be {limit} live connections. Close the pages that you don't use.",
    ),
    "overloaded": ErrorText(
        _K.UNAVAILABLE,
        "系统繁忙，请在 {retry_after} 秒后重试。",
        "The system is busy. Try again in {retry_after} seconds.",
    ),
    "service_unavailable": ErrorText(
        _K.UNAVAILABLE,
        "{service}服务暂时不可用，请稍后重试；其他功能不受影响。",
        "The part “{service}” is not available now. Try again later; everything else works.",
        {"service": Named.SERVICE},
    ),
    "deadline_exceeded": ErrorText(
        _K.UNAVAILABLE,
        "处理超时，请用同一个 Idempotency-Key 重试，不会重复办理。",
        "This took too long. Retry with the same Idempotency-Key: nothing is done twice.",
    ),
    "internal_error": ErrorText(
        _K.INTERNAL,
        "系统内部错误，已记录。请稍后重试，或凭关联号联系管理员。",
        "Something went wrong and has been recorded. Try again, or give an administrator the correlation id.",
    ),
    # Payments, as whoever has bills and finance speak of them
    "payment_in_review": ErrorText(
        _K.CONFLICT,
        "缴费正在审核中，请等待缴费结果后再操作。",
        "The payment is in review. Wait for its outcome.",
    ),
    "already_paid": ErrorText(
        _K.CONFLICT,
        "已缴费，不能取消；如需退出课程请申请退课。",
        "This is paid and can't be cancelled. To leave the course, ask for a withdrawal instead.",
    ),
    # Selections and exam registrations: what both ask for
    "student_not_active": ErrorText(
        _K.REFUSED,
        "学生当前学籍状态为“{status}”，只有在籍学生可以选课和报考。",
        "The student's status is “{status}”. Only active students select courses and register for exams.",
        {"status": EnrolmentStatus},
    ),
    "course_not_in_exam_round": ErrorText(
        _K.REFUSED,
        "课程 {course_code} 有终考，但没有安排在可报考的考试批次中。请联系学校考务安排考试。",
        "Course {course_code} has a final, but the exam round to register for does not have it. Ask the school exam office.",
    ),
    "exam_registration_not_open": ErrorText(
        _K.REFUSED,
        "课程 {course_code} 所在的考试批次 {exam_round_code} 报考时间为 {opens_at} 至 {closes_at}，目前未开放。",
        "Registration for {course_code} in exam round {exam_round_code} is open from {opens_at} to {closes_at} only.",
    ),
    # Exports
    "export_too_large": ErrorText(
        _K.CONFLICT,
        "符合条件的记录超过 {limit} 行，请缩小筛选范围后分次导出。",
        "More than {limit} rows match. Narrow the filters and export in parts.",
    ),
    "export_column_unknown": ErrorText(
        _K.INVALID,
        "不能导出列 {columns}，可选的列：{allowed}。",
        "There is no column {columns} to export. Choose from: {allowed}.",
    ),
    # Tasks
    "task_finished": ErrorText(_K.CONFLICT, "任务已结束，不能取消。", "The task has ended and can't be cancelled."),
    "too_many_own_tasks": ErrorText(
        _K.TOO_MANY,
        "您已有 {limit} 个任务在等待或执行，请等待其完成或取消不需要的任务后再试。",
        "You have {limit} tasks waiting or running. Wait until one ends, or cancel one that you don't need.",
    ),
    "too_many_tasks": ErrorText(
        _K.TOO_MANY,
        "您的机构已有 {limit} 个任务在执行，请等待其完成。",
        "Your organisation has {limit} tasks running. Wait until one ends.",
    ),
    # Events
    "not_yet": ErrorText(
        _K.CONFLICT,
        "所需的数据尚未到达，系统将自动重试。",
        "What this needs has not arrived yet. It is tried again by itself.",
    ),
    # Numbers and settings
    "numbers_used_up": ErrorText(
        _K.REFUSED,
        "以“{beginning}”开头的编号不够用了（还需 {count} 个），请联系系统管理员调整编号规则。",
        "There are not {count} numbers left that begin with “{beginning}”. Ask the system administrator to change how "
        "they are built.",
    ),
    "number_part_does_not_fit": ErrorText(
        _K.REFUSED,
        "编号中的“{part}”须为 {width} 位大写字母或数字，现有的值不符，请先更正该值或调整编号规则。",
        "What stands for “{part}” in the number must be {width} capital letters or digits. Correct it, or have the "
        "system administrator change how the number is built.",
        told={"part": Named.FIELD},
    ),
    "setting_in_effect": ErrorText(
        _K.CONFLICT,
        "该设置值已经生效，不能撤销，请另设新值。",
        "This value is in effect already and can't be revoked. Enter another one.",
    ),
}
