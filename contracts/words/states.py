"""Words for states: what a row is in, by the enum that lists them."""

from collections.abc import Mapping

from contracts.words.word import Words

STATES: Mapping[str, Words] = {
    "AdmissionRoundStatus": {
        "draft": ("草稿", "Draft"),
        "published": ("已发布", "Published"),
    },
    "ApplicationState": {
        "first_review_passed": ("初审通过", "First review passed"),
        "admitted": ("已录取", "Admitted"),
        "rejected": ("复审不通过", "Rejected"),
        "withdrawn": ("已撤回", "Withdrawn"),
        "admission_cancelled": ("已取消入学资格", "Admission cancelled"),
    },
    "AssessmentRequirementState": {
        "pending": ("待审核", "Waiting for review"),
        "approved": ("已通过", "Approved"),
        "rejected": ("已驳回", "Rejected"),
        "superseded": ("已被替代", "Superseded"),
    },
    "BillStatus": {
        "unpaid": ("未缴费", "Unpaid"),
        "paying": ("缴费中", "Being paid"),
        "remitting": ("汇款审核中", "Remittance in review"),
        "paid": ("已缴费", "Paid"),
        "cancelled": ("已取消", "Cancelled"),
        "refunding": ("退费中", "Being refunded"),
        "refunded": ("已退费", "Refunded"),
    },
    "ConfirmationState": {
        "unconfirmed": ("未确认", "Not confirmed"),
        "confirmed": ("已确认", "Confirmed"),
        "pending": ("待审核", "Waiting for review"),
        "approved": ("已通过", "Approved"),
        "rejected": ("已驳回", "Rejected"),
    },
    "CourseStatus": {
        "draft": ("草稿", "Draft"),
        "published": ("已发布", "Published"),
        "retired": ("已停用", "Retired"),
    },
    "CourseVersionStatus": {
        "draft": ("草稿", "Draft"),
        "in_use": ("使用中", "In use"),
        "retired": ("已停用", "Retired"),
    },
    "EnrolmentStatus": {
        "active": ("在籍", "Active"),
        "suspended": ("休学", "Suspended"),
        "left": ("退学", "Left"),
        "graduated": ("毕业", "Graduated"),
        "completed_without_diploma": ("结业", "Completed without a diploma"),
        "admission_deferred": ("保留入学资格", "Admission deferred"),
        "admission_forfeited": ("放弃入学资格", "Admission forfeited"),
        "admission_cancelled": ("取消入学资格", "Admission cancelled"),
        "expired": ("学籍过期", "Expired"),
    },
    "ExamRoundStatus": {
        "draft": ("草稿", "Draft"),
        "published": ("已发布", "Published"),
    },
    "HoldState": {
        "held": ("已暂停报考", "Held"),
        "refused": ("暂停被拒", "Refused"),
        "released": ("已恢复报考", "Released"),
        "withdrawn": ("已退课", "Withdrawn"),
    },
    "PlanCourseState": {
        "not_selected": ("未选", "Not selected"),
        "pending_payment": ("待缴费", "Waiting for payment"),
        "closing": ("关闭中", "Closing"),
        "selected": ("已选", "Selected"),
        "withdrawing": ("退课中", "Being withdrawn"),
        "withdrawn": ("已退课", "Withdrawn"),
    },
    "PriorEducationCheck": {
        "unchecked": ("未验证", "Not checked"),
        "verified": ("已验证", "Verified"),
        "mismatch": ("信息不符", "Does not match"),
        "false": ("虚假学历", "False"),
    },
    "ParkedMessageState": {
        "waiting": ("自动重试中", "Tried again by itself"),
        "dead": ("无法处理", "Can't be handled"),
        "refused": ("已搁置（来源不可信）", "Put aside: not believed"),
    },
    "ProgrammeStatus": {
        "draft": ("草稿", "Draft"),
        "published": ("已发布", "Published"),
        "retired": ("已停用", "Retired"),
    },
    "RefundState": {
        "pending": ("待退费", "Waiting"),
        "completed": ("已退费", "Completed"),
        "failed": ("退费失败", "Failed"),
    },
    "RegistrationState": {
        "pending_payment": ("待缴费", "Waiting for payment"),
        "closing": ("关闭中", "Closing"),
        "registered": ("已报考", "Registered"),
        "arranged": ("已编排", "Arranged"),
        "suspended": ("已暂停", "Suspended"),
        "sat": ("已参加", "Sat"),
        "absent": ("缺考", "Absent"),
        "cancelled": ("已取消", "Cancelled"),
        "lapsed": ("已失效", "Lapsed"),
    },
    "RemittanceState": {
        "pending": ("待审核", "Waiting for review"),
        "approved": ("已通过", "Approved"),
        "rejected": ("已驳回", "Rejected"),
        "revoked": ("已撤销", "Revoked"),
        "booked_late": ("补记入账", "Booked late"),
    },
    "ReviewState": {
        "waiting_for_hold": ("等待考务暂停", "Waiting for the hold"),
        "pending": ("待审核", "Waiting for review"),
        "approved": ("已通过", "Approved"),
        "rejected": ("已驳回", "Rejected"),
        "refunded": ("已退费", "Refunded"),
    },
    "RoundStatus": {
        "draft": ("草稿", "Draft"),
        "published": ("已发布", "Published"),
    },
    "SelectionState": {
        "pending_payment": ("待缴费", "Waiting for payment"),
        "closing": ("关闭中", "Closing"),
        "selected": ("已选", "Selected"),
        "cancelled": ("已取消", "Cancelled"),
        "lapsed": ("已失效", "Lapsed"),
        "withdrawn": ("已退课", "Withdrawn"),
    },
    "StatusChangeState": {
        "first_review_passed": ("待学校审核", "Waiting for the school's review"),
        "pending_clearance": ("等待缴费办结", "Waiting for clearance"),
        "approved": ("已通过", "Approved"),
        "rejected": ("已驳回", "Rejected"),
        "revoked": ("已撤销", "Revoked"),
    },
    "TaskState": {
        "waiting": ("等待中", "Waiting"),
        "running": ("进行中", "Running"),
        "cancelling": ("取消中", "Being cancelled"),
        "done": ("已完成", "Done"),
        "failed": ("失败", "Failed"),
        "cancelled": ("已取消", "Cancelled"),
    },
    "SignInProviderStatus": {
        "enabled": ("启用", "Enabled"),
        "disabled": ("停用", "Disabled"),
    },
    "TeachingPointStatus": {
        "enabled": ("启用", "Enabled"),
        "disabled": ("停用", "Disabled"),
    },
    "TransferState": {
        "waiting": ("等待缴费办结", "Waiting for clearance"),
        "cleared": ("缴费已办结", "Cleared"),
        "done": ("已完成", "Done"),
        "revoked": ("已撤销", "Revoked"),
    },
    "UserStatus": {
        "enabled": ("启用", "Enabled"),
        "disabled": ("停用", "Disabled"),
    },
    "SignupState": {
        "signed_up": ("待处理", "To be called"),
        "completed": ("已转报名表", "Became a form"),
        "discarded": ("无效", "Discarded"),
    },
    "WithdrawalState": {
        "pending_academic": ("待教务审核", "Waiting for academic review"),
        "academic_rejected": ("教务审核驳回", "Rejected by academic review"),
        "pending_finance": ("待财务审核", "Waiting for finance review"),
        "finance_rejected": ("财务审核驳回", "Rejected by finance review"),
        "finance_approved": ("财务审核通过（待退费）", "Approved by finance review"),
        "refunded": ("已处理退费", "Refunded"),
        "revoked": ("已撤销", "Revoked"),
    },
}

WORKFLOWS: Mapping[str, str] = {
    "admission_round": "AdmissionRoundStatus",
    "application": "ApplicationState",
    "assessment_requirement": "AssessmentRequirementState",
    "bill": "BillStatus",
    "course": "CourseStatus",
    "course_version": "CourseVersionStatus",
    "exam_round": "ExamRoundStatus",
    "programme": "ProgrammeStatus",
    "refund": "RefundState",
    "registration": "RegistrationState",
    "remittance": "RemittanceState",
    "selection": "SelectionState",
    "selection_round": "RoundStatus",
    "signup": "SignupState",
    "status_change": "StatusChangeState",
    "transfer": "TransferState",
    "withdrawal": "WithdrawalState",
    "withdrawal_hold": "HoldState",
    "withdrawal_review": "ReviewState",
}
"""Workflow → the enum of its states."""

ENTERED: Mapping[str, str] = {"status_change": "StatusChangeKind"}
"""Workflow → the enum of what its rows are entered as, where that is not one thing."""

TOLD_BESIDES: Mapping[str, str] = {
    "delegation": "DelegationState",
    "second_factor": "SecondFactorState",
    "user_binding": "WaysIn",
}
"""What people are told of although it is no workflow, by a name of the same kind → the enum of its states."""

OF_WORKFLOW: Words = {
    "exam_round.arrangement_published": ("考场编排已发布", "Arrangement published"),
}
"""`workflow.state` → words of what refusals call a state and is none of the workflow's own."""
