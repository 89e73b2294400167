"""Refusals of enrollment."""

from contracts.enrollment.states import ApplicationState
from contracts.errors import ErrorKind, ErrorText
from contracts.types import Level, PriorEducationCheck, PriorLevel

_K = ErrorKind

TEXTS = {
    "admission_round_code_taken": ErrorText(
        _K.CONFLICT,
        "招生批次代码已被使用，请换一个代码。",
        "This code of an admission round is in use. Choose another.",
    ),
    "admission_round_closed": ErrorText(
        _K.REFUSED,
        "招生批次 {round_code} 未开放（{opens_at} 至 {closes_at}），不能提交报名表。",
        "Admission round {round_code} takes no forms now ({opens_at} to {closes_at}).",
    ),
    "admission_round_unknown": ErrorText(
        _K.INVALID,
        "没有代码为 {round_code} 的招生批次，请核对。",
        "There is no admission round with the code {round_code}.",
    ),
    "point_not_in_round": ErrorText(
        _K.REFUSED,
        "教学点不参加招生批次 {round_code}，请选择其他批次或联系学校招生办。",
        "The teaching point does not take part in round {round_code}. Choose another, or ask the admissions office.",
    ),
    "level_not_in_round": ErrorText(
        _K.REFUSED,
        "招生批次 {round_code} 不招收“{level}”，请选择其他层次或批次。",
        "Round {round_code} is not for “{level}”. Choose another level or round.",
        {"level": Level},
    ),
    "point_not_recruiting": ErrorText(
        _K.REFUSED,
        "该教学点目前不招生，请返回上一步选择其他教学点。",
        "This teaching point does not recruit now. Go back and choose another.",
    ),
    "application_exists": ErrorText(
        _K.CONFLICT,
        "该证件号码在本学习批次已有报名表，不能重复报名。",
        "There is a form with this ID number for this intake already.",
    ),
    "already_enrolled_at_level": ErrorText(
        _K.CONFLICT,
        "该证件号码在同一层次已有在籍或休学的学生，不能再次报名。",
        "Somebody with this ID number is an active or suspended student of this level already.",
    ),
    "application_decided": ErrorText(
        _K.CONFLICT,
        "报名表状态为“{state}”，不能再修改。",
        "The form is “{state}” and can't be changed any more.",
        {"state": ApplicationState},
    ),
    "review_closed": ErrorText(
        _K.REFUSED,
        "招生批次 {round_code} 的复审已于 {closes_at} 截止；确需办理的，请先延长批次的复审截止时间。",
        "The review of round {round_code} closed at {closes_at}. Extend it first if it has to be.",
    ),
    "prior_education_too_low": ErrorText(
        _K.REFUSED,
        "报读“{level}”须具有“{needed}”或以上学历，请核对前置学历层次。",
        "“{level}” needs “{needed}” or more. Check the level of the prior education.",
        {"level": Level, "needed": PriorLevel},
    ),
    "prior_education_false": ErrorText(
        _K.REFUSED,
        "前置学历经验证不属实，不能录取。",
        "The prior education was found to be untrue; nobody is admitted by it.",
    ),
    "prior_education_unverified": ErrorText(
        _K.REFUSED,
        "前置学历验证结果为“{check}”，请核实。",
        "The verification of the prior education says “{check}”. Look into it.",
        {"check": PriorEducationCheck},
    ),
    "likely_double": ErrorText(
        _K.REFUSED,
        "另有 {count} 份报名表的姓名和出生日期相同而证件不同，可能是同一人，请对照核实。",
        "{count} other forms have the same name and birth date and another document: perhaps the same person. Look into it.",
    ),
    "no_form_with_document": ErrorText(
        _K.INVALID,
        "没有该证件号码的报名表，请核对证件号码和证件类型。",
        "There is no form with this document. Check its number and kind.",
    ),
    "name_differs_from_form": ErrorText(
        _K.INVALID,
        "与该证件号码报名表上的姓名不一致，请核对；改过姓名的，报名表须填写证书姓名。",
        "The form with this document bears another name. Check it; where the name was changed, the form has to tell the "
        "one on the certificate.",
    ),
    "certificate_differs_from_form": ErrorText(
        _K.INVALID,
        "与该证件号码报名表上的前置学历证书编号不一致，请核对。",
        "The form with this document names another certificate. Check it.",
    ),
    "several_certificates": ErrorText(
        _K.INVALID,
        "该证件号码的几份报名表证书编号不同，请填写前置学历证书编号。",
        "Forms with this document name different certificates. Say which one is meant.",
    ),
    "contradicts_row": ErrorText(
        _K.INVALID,
        "与第 {row} 行对同一份报名表的验证结果不同，两行均未导入，请核实后只保留正确的一行。",
        "Row {row} says something else about the same form, so neither was taken. Find out which is right, and keep it.",
    ),
    "applicant_young": ErrorText(
        _K.REFUSED,
        "报名人 {age} 岁，低于 {youngest} 岁，请核实。",
        "The applicant is {age}, below {youngest}. Look into it.",
    ),
    "number_template_unreadable": ErrorText(
        _K.INVALID,
        "学号规则不能识别，请按“{{year}}{{point:4}}{{season}}{{level:01,02,03}}{{serial:5}}”的格式填写，流水号在最后。",
        "This template can't be read. Write it as {{year}}{{point:4}}{{season}}{{level:01,02,03}}{{serial:5}}, the serial "
        "at the end.",
    ),
    "number_template_ambiguous": ErrorText(
        _K.INVALID,
        "学号规则须包含年份、季别、教学点和层次各一次，否则不同学生的学号可能相同。",
        "The template needs year, season, point and level once each, or numbers of different students could be the same.",
    ),
}
