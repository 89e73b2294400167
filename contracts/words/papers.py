"""Words for documents: what a file is called, its columns that are no field of a contract, and what stands in cells."""

from collections.abc import Mapping

from contracts.words.word import Words

DOCUMENTS: Words = {
    "avatar": ("头像", "Picture"),
    "batch_selection_result": ("批量选课未选清单", "Courses not selected"),
    "bill_export": ("缴费单", "Bills"),
    "documents_refused": ("未开具名单", "Not issued"),
    "enrolment_certificates": ("批量在读证明", "Certificates of enrolment"),
    "enrolment_certificate": ("在读证明", "Certificate of enrolment"),
    "remittance_slip": ("汇款单", "Remittance slip"),
    "selection_export": ("选课名单", "Selections"),
    "application_import": ("报名表导入模板", "Template for importing forms"),
    "application_import_refused": ("未导入的报名表", "Forms not imported"),
    "prior_education_check_import": ("前置学历验证结果模板", "Template for education checks"),
    "prior_education_check_import_refused": ("未导入的前置学历验证结果", "Checks not imported"),
    "application_export": ("报名表名单", "Application forms"),
    "student_export": ("学生名单", "Students"),
    "student_import": ("学生导入模板", "Template for importing students"),
    "student_import_refused": ("未导入的学生", "Students not imported"),
}

COLUMNS: Words = {
    "batch_selection_result.outcome": ("结果", "Outcome"),
    "batch_selection_result.reasons": ("原因", "Reasons"),
    "application_import.name": ("姓名", "Name"),
    "application_import.admission_round_code": ("招生批次代码", "Code of the admission round"),
    "application_import.teaching_point_code": ("教学点代码", "Code of the teaching point"),
    "application_import.prior_level": ("前置学历层次", "Level of prior education"),
    "application_import.prior_school": ("前置学历毕业院校", "School of prior education"),
    "application_import.prior_major": ("前置学历专业", "Major of prior education"),
    "application_import.prior_graduated_on": ("前置学历毕业日期", "Prior education ended on"),
    "application_import.prior_certificate_number": ("前置学历证书编号", "Certificate of prior education"),
    "application_import.prior_name_then": ("前置学历证书姓名", "Name on that certificate"),
    "application_import.prior_id_number_then": ("前置学历证书证件号码", "ID number on that certificate"),
    "prior_education_check_import.name": ("姓名", "Name"),
    "prior_education_check_import.prior_certificate_number": ("前置学历证书编号", "Certificate of prior education"),
    "prior_education_check_import.check": ("验证结果", "Result"),
    "student_import.name": ("姓名", "Name"),
    "student_import.teaching_point_code": ("教学点代码", "Code of the teaching point"),
    "student_import.prior_level": ("前置学历层次", "Level of prior education"),
    "student_import.prior_school": ("前置学历毕业院校", "School of prior education"),
    "student_import.prior_major": ("前置学历专业", "Major of prior education"),
    "student_import.prior_graduated_on": ("前置学历毕业日期", "Prior education ended on"),
    "student_import.prior_certificate_number": ("前置学历证书编号", "Certificate of prior education"),
    "student_import.prior_name_then": ("前置学历证书姓名", "Name on that certificate"),
}
"""`document.column` → words; a column that is not here has its field's."""

LABELS: Words = {
    "yes": ("是", "Yes"),
    "no": ("否", "No"),
    "row_number": ("原行号", "Row"),
    "errors": ("错误原因", "What is wrong"),
    "export": ("导出说明", "About this list"),
    "export.what": ("项目", "What"),
    "export.value": ("内容", "Value"),
    "export.list": ("名单", "List"),
    "export.by": ("导出人", "Exported by"),
    "export.at": ("导出时间", "Exported at"),
    "export.rows": ("行数", "Rows"),
    "export.filter": ("筛选", "Filter"),
    "export.descending": ("降序", "Descending"),
    "guide": ("填写说明", "Guide"),
    "guide.column": ("列名", "Column"),
    "guide.required": ("必填", "Required"),
    "guide.explanation": ("说明", "Explanation"),
    "guide.choices": ("可选值", "Choices"),
    "guide.example": ("示例", "Example"),
    "document.number": ("编号", "Number"),
    "document.code": ("核验码", "Code"),
    "document.total": ("合计（元）", "Total (yuan)"),
    "batch_selection_result.skipped": ("已跳过", "Skipped"),
    "batch_selection_result.not_selected": ("未选", "Not selected"),
}
"""What else is written on a document."""

FORMERLY: Mapping[str, Mapping[str, str]] = {
    "student_import": {"申请学位": "degree_intent"},
    "IdKind": {"外国人永久居留证": "foreign_permanent_resident", "港澳台居民通行证": "hk_macao_taiwan"},
}
"""What stood in workbooks before a word was changed: people fill in templates that they have had for years. Document →
old title → field; enum → old word → value. Chinese, which is what is read."""
