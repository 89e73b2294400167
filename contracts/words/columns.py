"""Words for columns that no contract has: the audit trail tells of them what they were and what they became."""

from contracts.words.word import Words

COLUMNS: Words = {
    "added_by": ("添加人", "Added by"),
    "adopted_at": ("归档时间", "Adopted at"),
    "degree_foreign_language_required": ("学位要求外语", "Degree: foreign language"),
    "degree_minimum_average": ("学位最低平均分", "Degree: average at least"),
    "degree_minimum_thesis_mark": ("学位论文最低成绩", "Degree: thesis at least"),
    "must_change_password": ("须修改密码", "Has to change the password"),
    "one_time_until": ("一次性密码到期时间", "One-time password until"),
    "prior_certificate_number": ("前置学历证书编号", "Earlier education: certificate"),
    "prior_graduated_on": ("前置学历毕业日期", "Earlier education: graduated on"),
    "prior_level": ("前置学历层次", "Earlier education: level"),
    "prior_major": ("前置学历专业", "Earlier education: major"),
    "prior_name_then": ("前置学历所用姓名", "Earlier education: name then"),
    "prior_school": ("前置学历学校", "Earlier education: school"),
    "profile_completed": ("个人信息已完善", "Profile is complete"),
    "purpose": ("用途", "Purpose"),
    "receipt_file_id": ("汇款凭证", "Receipt"),
    "record_version": ("学籍版本", "Version of the record"),
    "refusal_code": ("未办理的原因", "Why it was refused"),
    "result_file_id": ("结果文件", "File of the result"),
    "uploaded_by": ("上传人", "Uploaded by"),
}
