"""Words for what is chosen from a list, by the enum that lists it. States have a file of their own."""

from collections.abc import Mapping

from contracts.words.word import Words

CHOICES: Mapping[str, Words] = {
    "AccountKind": {
        "bank": ("银行存款", "Bank"),
        "receivable": ("应收账款", "Receivable"),
        "credit_fee_income": ("学分费收入", "Income from credit fees"),
        "exam_fee_income": ("考试费收入", "Income from exam fees"),
        "suspense": ("挂账", "Suspense"),
        "refund_payable": ("应退费", "Refunds payable"),
    },
    "CardKind": {
        "resident": ("居民身份证", "Resident identity card"),
        "hong_kong_macao_taiwan_permit": ("港澳台居民居住证", "Residence permit of Hong Kong, Macao, Taiwan residents"),
        "foreign_permanent_resident_2017": ("外国人永久居留身份证（2017版）", "Foreign resident card of 2017"),
        "foreign_permanent_resident_2023": ("外国人永久居留身份证（2023版）", "Foreign resident card of 2023"),
    },
    "ClosingReason": {
        "cancelled": ("取消", "Cancelled"),
        "lapsed": ("逾期未缴费", "Not paid in time"),
        "student_left": ("学生退学", "The student left"),
        "student_suspended": ("学生休学", "The student is suspended"),
    },
    "EducationLevel": {
        "undergraduate": ("本科", "Undergraduate"),
        "junior_college": ("专科", "Junior college"),
    },
    "ErrorKind": {
        "invalid": ("提交的内容有误", "The request has mistakes"),
        "unauthenticated": ("身份验证未通过", "Not authenticated"),
        "forbidden": ("没有权限", "Not permitted"),
        "not_found": ("没有找到", "Not found"),
        "conflict": ("与当前状态冲突", "Conflict with the present state"),
        "refused": ("不符合业务规则", "Refused by a rule"),
        "too_many": ("请求过多", "Too many requests"),
        "unavailable": ("暂时不可用", "Not available now"),
        "too_large": ("内容过大", "Too large"),
        "unsupported": ("类型不支持", "Type not supported"),
        "internal": ("系统内部错误", "Internal error"),
    },
    "BatchForm": {
        "pdf": ("一个 PDF", "One PDF"),
        "zip": ("ZIP，每人一个 PDF", "ZIP with a PDF for each"),
    },
    "DocumentStatus": {
        "valid": ("有效", "Valid"),
        "withdrawn": ("已作废", "Withdrawn"),
        "replaced": ("已换发", "Replaced"),
    },
    "ExamKind": {
        "paper": ("纸考", "On paper"),
        "computer": ("机考", "On a computer"),
    },
    "FeeKind": {
        "credit": ("学分费", "Credit fee"),
        "exam": ("考试费", "Exam fee"),
    },
    "FirstStep": {
        "change_password": ("修改密码", "Change the password"),
        "complete_profile": ("完善个人信息", "Complete the profile"),
    },
    "SettingUnit": {
        "days": ("天", "Days"),
    },
    "Gender": {
        "male": ("男", "Male"),
        "female": ("女", "Female"),
    },
    "ExportFormat": {
        "xlsx": ("Excel 工作簿", "Excel workbook"),
        "csv": ("CSV 文本", "CSV text"),
    },
    "IdKind": {
        "resident": ("居民身份证", "Resident identity card"),
        "hk_macao_taiwan": ("港澳台居民来往内地（大陆）通行证", "Permit of Hong Kong, Macao, Taiwan residents"),
        "foreign_permanent_resident": ("外国人永久居留身份证", "Foreign permanent resident card"),
        "passport": ("护照", "Passport"),
        "officer": ("军官证", "Officer's card"),
        "soldier": ("士兵证", "Soldier's card"),
    },
    "Level": {
        "junior_college": ("高起专", "Junior college"),
        "top_up_bachelor": ("专升本", "Top-up bachelor"),
        "bachelor": ("高起本", "Bachelor"),
    },
    "Module": {
        "registry": ("学籍管理", "Student records"),
        "courses": ("教务管理", "Courses"),
        "finance": ("财务管理", "Finance"),
        "exams": ("考务管理", "Examinations"),
    },
    "NameChangeKind": {
        "renamed": ("更名", "Renamed"),
        "merged": ("合并", "Merged"),
    },
    "PaymentMethod": {
        "remittance": ("汇款", "Remittance"),
        "unionpay": ("银联", "UnionPay"),
    },
    "PostingKind": {
        "bill_issued": ("开具缴费单", "Bill issued"),
        "bill_cancelled": ("取消缴费单", "Bill cancelled"),
        "bill_moved": ("缴费单转移", "Bill moved"),
        "payment": ("缴费", "Payment"),
        "suspense_payment": ("挂账收款", "Payment into suspense"),
        "refund_decided": ("确定退费", "Refund decided"),
        "refund_paid": ("支付退费", "Refund paid"),
        "refund_failed": ("退费失败", "Refund failed"),
    },
    "RefundReason": {
        "withdrawal": ("退课", "Withdrawal"),
        "registration_refused": ("报考被拒", "Registration refused"),
        "suspense": ("挂账退回", "Out of suspense"),
    },
    "RegistrationEnd": {
        "withdrawn": ("退课", "Withdrawn"),
        "student_left": ("学生退学", "The student left"),
        "student_suspended": ("学生休学", "The student is suspended"),
        "arrangement_published": ("编排已发布", "The arrangement is published"),
        "cancelled": ("取消", "Cancelled"),
        "unpaid": ("未缴费", "Unpaid"),
        "billing_refused": ("缴费单未能生成", "Bills not made"),
    },
    "Role": {
        "teaching_point_admin": ("教学点系统管理员", "Teaching point administrator"),
        "teaching_point_staff": ("教学点工作人员", "Teaching point staff"),
        "school_admissions": ("招生办", "Admissions"),
        "school_registrar": ("学校教务", "Registrar"),
        "school_exams": ("学校考务", "Examinations"),
        "school_finance": ("学校财务", "Finance"),
        "course_lead": ("课程负责人", "Course lead"),
        "academic_tutor": ("学务导师", "Academic tutor"),
        "course_tutor": ("课程导师", "Course tutor"),
        "student": ("学生", "Student"),
        "system_admin": ("系统管理员", "System administrator"),
    },
    "ScopeKind": {
        "school": ("全校", "The whole school"),
        "point": ("本教学点", "Own teaching point"),
        "course": ("所负责课程", "Own courses"),
        "tutor": ("所带学生", "Own students"),
        "student": ("本人学籍", "Own record"),
        "own": ("本人账号", "Own account"),
    },
    "Sex": {
        "unknown": ("未知", "Unknown"),
        "male": ("男", "Male"),
        "female": ("女", "Female"),
        "not_stated": ("未说明", "Not stated"),
    },
    "SourceKind": {
        "selection": ("选课", "Selection"),
        "registration": ("报考", "Registration"),
    },
    "StatisticsGrouping": {
        "round": ("按批次", "By round"),
        "point": ("按教学点", "By teaching point"),
        "course": ("按课程", "By course"),
        "point_and_course": ("按教学点和课程", "By teaching point and course"),
    },
    "StatusChangeKind": {
        "transfer_teaching_point": ("转教学点", "Change of teaching point"),
        "leave_school": ("退学", "Leaving school"),
        "suspend": ("休学", "Suspension"),
        "resume": ("复学", "Resumption"),
    },
    "TextKind": {
        "person_name": ("姓名", "Name of a person"),
        "title": ("名称", "Name of a thing"),
        "number": ("号码", "Number"),
        "free_text": ("文字", "Free text"),
        "identifier": ("标识", "Identifier"),
        "word": ("词语", "Word"),
        "sentence": ("语句", "Sentence"),
        "secret": ("密码", "Secret"),
    },
}
