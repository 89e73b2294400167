"""Words for documents: what a file is called, and the columns that are no field of a contract."""

from contracts.words.word import Words

DOCUMENTS: Words = {
    "batch_selection_result": ("批量选课未选清单", "Courses not selected"),
    "student_import": ("学生导入模板", "Import of students"),
}

COLUMNS: Words = {
    "batch_selection_result.outcome": ("结果", "Outcome"),
    "batch_selection_result.reasons": ("原因", "Reasons"),
    "student_import.name": ("姓名", "Name"),
    "student_import.phone": ("其他电话", "Other telephone"),
    "student_import.teaching_point_code": ("教学点代码", "Code of the teaching point"),
    "student_import.prior_level": ("前置学历层次", "Level of prior education"),
    "student_import.prior_school": ("前置学历毕业院校", "School of prior education"),
    "student_import.prior_major": ("前置学历专业", "Major of prior education"),
    "student_import.prior_graduated_on": ("前置学历毕业日期", "Prior education ended on"),
    "student_import.prior_certificate_number": ("前置学历证书编号", "Certificate of prior education"),
    "student_import.prior_name_then": ("前置学历证书姓名", "Name on that certificate"),
}
"""`document.column` → words; a column that is not here has its field's."""
