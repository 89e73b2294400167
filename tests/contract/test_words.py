"""Everything that has a name in the code has one word in each language, and no word is typed by hand elsewhere."""

import ast
import importlib
import inspect
import pkgutil
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from enum import StrEnum
from functools import cache
from itertools import chain

import pytest
from pydantic import BaseModel

import contracts
from chassis.data.retention import retentions
from chassis.declaring.service import Service, load
from chassis.papers.files import UPLOADS
from chassis.work import rows
from contracts import words
from contracts.base import EVENTS, PageQuery
from contracts.common import ClosingReason, ListAuditEntries, ListTasks, of_service
from contracts.courses.catalogue_views import CourseView
from contracts.courses.commands import SelectCourses
from contracts.exams.states import RegistrationEnd
from contracts.permissions import PERMISSIONS
from contracts.registry.views import StudentView
from contracts.types import Gender, IdKind, Level
from contracts.words import (
    columns,
    doing,
    examining,
    hints,
    messages,
    money,
    papers,
    people,
    settings,
    studies,
    system,
    things,
)
from contracts.words.operations import OPERATIONS
from contracts.words.paths import path_word
from contracts.words.word import Words
from gateway import task_centre, to_do  # noqa: F401  have contracts of their own
from gateway.files import UPLOAD
from gateway.routes import ROUTES
from gateway.streams import EVENTS as EVENTS_ROUTE
from launcher.paths import ROOT, service_names
from services.identity.steps.attempts import Attempt
from services.registry.papers.workbook import STUDENTS
from tests.workflows import every_workflow

HAN = re.compile(r"[\u4e00-\u9fff]")
FIELD_TABLES = (people.FIELDS, studies.FIELDS, money.FIELDS, examining.FIELDS, system.FIELDS, messages.FIELDS)
MODULES = [importlib.import_module(each.name) for each in pkgutil.walk_packages(contracts.__path__, "contracts.")]
SERVICES: list[type[Service]] = [load(f"services.{name}.service") for name in service_names()]


@cache
def python_of(folder: str) -> tuple[tuple[str, ast.Module], ...]:
    """Place and syntax tree of each module in a folder."""
    paths = sorted((ROOT / folder).rglob("*.py"))
    return tuple((str(path.relative_to(ROOT)), ast.parse(path.read_text("utf-8"))) for path in paths)


def calls(modules: Iterable[tuple[str, ast.Module]]) -> Iterator[ast.Call]:
    return (each for _, tree in modules for each in ast.walk(tree) if isinstance(each, ast.Call))


def below(contract: type[BaseModel]) -> Iterator[type[BaseModel]]:
    for each in contract.__subclasses__():
        yield each
        yield from below(each)


# Generic contracts made for one row type have the fields of the generic one.
PLACES = ("contracts.", "gateway.task_centre", "gateway.to_do")
CONTRACTS = {each for each in below(BaseModel) if each.__module__.startswith(PLACES) and "[" not in each.__name__}


WORKFLOWS = [flow for _, flow in every_workflow()]

ENUMS = {
    each
    for module in MODULES
    for each in vars(module).values()
    if isinstance(each, type) and issubclass(each, StrEnum) and each.__module__.startswith("contracts.")
} | {type(state) for flow in WORKFLOWS for state in flow.states if isinstance(state, StrEnum)}


def test_every_field_of_every_contract_has_a_word() -> None:
    named = {(contract, field) for contract in CONTRACTS for field in contract.model_fields}
    assert len(named) > 1000
    for contract, field in named:
        assert words.field_word(contract, field), f"{contract.__name__}.{field}"


def test_no_field_has_two_words_and_no_word_is_left_over() -> None:
    keys = list(chain.from_iterable(FIELD_TABLES))
    assert [key for key, times in Counter(keys).items() if times > 1] == []
    plain = {field for contract in CONTRACTS for field in contract.model_fields}
    special = {f"{contract.__name__}.{field}" for contract in CONTRACTS for field in contract.model_fields}
    assert set(keys) - plain - special == set()


def test_a_column_has_a_word_of_its_own_only_where_no_field_is_called_so() -> None:
    there = {column.name for each in SERVICES for table in each.metadata.tables.values() for column in table.c}
    assert columns.COLUMNS.keys() - there == set()
    assert columns.COLUMNS.keys() & words.FIELDS.keys() == set()


def test_every_hint_is_about_a_field_that_is_there() -> None:
    fields = {field for contract in CONTRACTS for field in contract.model_fields}
    special = {f"{contract.__name__}.{field}" for contract in CONTRACTS for field in contract.model_fields}
    assert hints.FIELDS.keys() - fields - special == set()
    for zh, en in (*hints.FIELDS.values(), *hints.PATTERNS.values()):
        assert HAN.search(zh), zh
        assert not zh.endswith("。"), zh
        assert not HAN.search(en), en


def test_a_word_of_one_contract_is_that_of_no_other() -> None:
    """Words are found by a contract's name, and two services may each have one that is called so."""
    ours = {(each.__module__, each.__name__): each for each in CONTRACTS if not older(each)}  # common ones once
    named = Counter(f"{name}.{field}" for (_, name), each in ours.items() for field in each.model_fields)
    keys = [key for key in chain.from_iterable(FIELD_TABLES) if "." in key]
    assert [key for key in keys if named[key] > 1] == []


def older(contract: type[BaseModel]) -> bool:
    """Whether it is an earlier version of one that has the same name."""
    return re.search(r"_v\d+$", contract.__module__) is not None


def test_every_choice_and_state_has_a_word_and_no_other() -> None:
    listed = {each.__name__: {member.value for member in each} for each in ENUMS}
    assert {name: set(values) for name, values in words.MEMBERS.items()} == listed


def test_every_action_of_a_workflow_has_a_word() -> None:
    plain = {key for key in doing.ACTIONS if "." not in key}
    assert {action for each in WORKFLOWS for action in each.actions} == plain
    assert doing.ACTIONS.keys() - plain <= {f"{each.name}.{action}" for each in WORKFLOWS for action in each.actions}


# Who is given what an audit entry or the first step of a request is called, and at which place.
AUDITING = {
    "Attempt": 9,
    "audit": 2,
    "change": 3,
    "change_each": 3,
    "edit": 5,
    "add": 3,
    "enter": 4,
    "enter_one": 4,
    "remember": 4,
    "_changed": 2,
    "_repair": 2,
    "_resolve": 2,
}


def audited() -> Iterator[str]:
    for call in calls(chain(python_of("services"), python_of("chassis"))):
        name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
        if (place := AUDITING.get(name)) is not None:
            named = [*call.args[place : place + 1], *(each.value for each in call.keywords if each.arg == "action")]
            yield from (str(each.value) for each in named if isinstance(each, ast.Constant))


def named_in_refusals() -> Iterator[str]:
    """What refusals say that cannot be done, beside the actions of workflows."""
    for call in calls(chain.from_iterable(map(python_of, ("services", "chassis", "gateway")))):
        if not any(isinstance(each, ast.Constant) and each.value == "step_not_allowed" for each in call.args):
            continue
        evidence = [
            pair
            for each in call.args
            if isinstance(each, ast.Dict)
            for pair in zip(each.keys, each.values, strict=True)
        ]
        given = [(each.arg, each.value) for each in call.keywords]
        given += [(key.value, value) for key, value in evidence if isinstance(key, ast.Constant)]
        yield from (str(v.value) for name, v in given if name == "action" and isinstance(v, ast.Constant))


def test_all_that_audit_entries_and_refusals_tell_has_a_word_and_only_one() -> None:
    defaults = {inspect.signature(each).parameters["action"].default for each in (rows.add, rows.edit, Attempt)}
    refused = set(named_in_refusals())
    assert len(refused) > 2
    told = set(audited()) | defaults | refused
    assert len(told) > 30
    assert told - doing.ACTIONS.keys() == doing.ENTRIES.keys()


def test_every_operation_that_has_a_route_has_a_word_and_no_other() -> None:
    routes = [*ROUTES, UPLOAD, EVENTS_ROUTE]
    assert {route.word for route in routes} == {words.Word(*word) for word in OPERATIONS.values()}
    assert len({route.word for route in routes}) == len(routes), "two that are called the same"


def test_every_permission_every_service_every_event_and_every_task_has_a_word() -> None:
    ours = {event_type for (event_type, _), event in EVENTS.items() if event.__module__.startswith("contracts.")}
    assert ours == things.EVENTS.keys()
    assert doing.PERMISSIONS.keys() == PERMISSIONS
    assert things.SERVICES.keys() == set(service_names())
    assert {kind for service in SERVICES for kind in service.tasks} == doing.TASKS.keys()


def test_every_setting_of_the_school_has_a_word_and_no_other() -> None:
    assert {each.name for service in SERVICES for each in service.settings} == settings.SETTINGS.keys()


def counted() -> Iterator[str]:
    """What the steps of tasks count, and what they report meanwhile."""
    for _, tree in (*python_of("services"), *python_of("chassis/documents"), *python_of("chassis/running")):
        for each in ast.walk(tree):
            if isinstance(each, ast.Call) and getattr(each.func, "id", "") == "report":
                made = each.args[2]
            elif isinstance(each, ast.Call) and getattr(each.func, "id", "") == "StepResult" and each.args:
                made = each.args[0]
            elif isinstance(each, ast.keyword) and each.arg == "effects" and isinstance(each.value, ast.Dict):
                made = each.value  # of an import
            elif isinstance(each, ast.Assign) and getattr(each.targets[0], "id", "") == "figures":
                made = each.value
            else:
                continue
            yield from (str(key.value) for key in getattr(made, "keys", ()) if isinstance(key, ast.Constant))


def test_all_that_tasks_count_has_a_word_and_no_other() -> None:
    assert set(counted()) == doing.FIGURES.keys()


def test_what_ended_with_a_cancelled_admission_is_not_said_to_have_ended_by_leaving_alone() -> None:
    for ended in (ClosingReason.STUDENT_LEFT, RegistrationEnd.STUDENT_LEFT):
        assert words.member_word(ended).zh == "学生已离校或取消入学资格"


def test_a_field_whose_values_have_words_is_there() -> None:
    assert words.VALUE_TABLES.keys() <= {
        f"{each.__name__}.{field}" for each in CONTRACTS for field in each.model_fields
    }


def test_every_table_that_entries_can_be_about_has_a_word() -> None:
    times = Counter(table for service in SERVICES for table in service.metadata.tables)
    of_all = {table for table, found in times.items() if found == len(SERVICES)}
    let_go = {table.name for each in SERVICES for table in each.metadata.tables.values() if retentions(table)}
    erased_by_hand = {"audit_blocks", "audit_entries", UPLOADS}
    told_of = {"files", "outbox", "school_settings", "students", "tasks"} | let_go | erased_by_hand
    gone = {"finance_settings"}  # what the trail tells of it stays
    assert times.keys() - of_all | told_of | gone == things.THINGS.keys()


@pytest.mark.parametrize(
    "table",
    [
        *FIELD_TABLES,
        columns.COLUMNS,
        *words.MEMBERS.values(),
        OPERATIONS,
        *(doing.ACTIONS, doing.ENTRIES, doing.PERMISSIONS, doing.TASKS, doing.FIGURES),
        *(things.THINGS, things.SERVICES, things.EVENTS, settings.SETTINGS),
        *(papers.DOCUMENTS, papers.COLUMNS, papers.LABELS),
    ],
)
def test_words_are_chinese_and_english(table: Words) -> None:
    for key, (zh, en) in table.items():
        assert HAN.search(zh), key
        assert re.fullmatch(r"[A-Z][^\u4e00-\u9fff]*[^.]", en), key


def test_a_document_can_be_a_file_and_a_sheet_of_that_name() -> None:
    for key, names in papers.DOCUMENTS.items():
        for name in names:
            assert len(name) <= 31, key
            assert not re.search(r"[\\/?*\[\]:<>|\"]", name), key


# Where Chinese in code is no label.
NO_LABELS = {
    "chassis/testing/harness.py": "who acts in tests",
    "chassis/papers/reading/numbers_shown.py": "number formats, and the signs of a day in them",
    "chassis/papers/spreadsheets.py": "the signs of a day as people write it",
    "gateway/openapi/": "descriptions, which are beside what they describe",
    "gateway/routes/": "descriptions of what a service is about",
    "launcher/story/school.py": "what a school calls its own",
    "services/device/": "a program of its own, which is not installed with the contracts",
    "services/identity/domain/passwords.py": "what a password must not be",
    "chassis/rules/ethnicities.py": "GB/T 3304",
    "chassis/rules/columns.py": "values to be filled in, which the school chooses",
}
BESIDE = ("description", "examples", "example", "help")


@cache
def all_labels() -> set[str]:
    """What fields, choices, documents and their columns are called in Chinese."""
    tables = (*FIELD_TABLES, *words.MEMBERS.values(), papers.DOCUMENTS, papers.COLUMNS, papers.LABELS)
    return {zh for table in tables for zh, _ in table.values()}


def typed_by_hand() -> Iterator[tuple[str, str]]:
    """Place and text of every Chinese string in code that is no sentence, no description and no example. The launcher
    makes up what people fill in: there it is a label only if it is called like one."""
    labels = all_labels()
    for place, tree in chain.from_iterable(map(python_of, ("chassis", "gateway", "launcher", "services"))):
        spoken = {id(each.value) for each in ast.walk(tree) if isinstance(each, ast.Expr)}
        for call in calls([(place, tree)]):
            beside = [each.value for each in call.keywords if each.arg in BESIDE]
            spoken |= {id(each) for value in beside for each in ast.walk(value)}
        for each in ast.walk(tree):
            text = each.value if isinstance(each, ast.Constant) and id(each) not in spoken else None
            if not isinstance(text, str) or not HAN.search(text) or text.endswith("。"):
                continue
            if not place.startswith("launcher/") or text in labels:
                yield place, text


def test_nobody_types_a_label_by_hand() -> None:
    found = dict(typed_by_hand())
    assert {place: text for place, text in found.items() if not place.startswith(tuple(NO_LABELS))} == {}
    assert [place for place in NO_LABELS if not any(each.startswith(place) for each in found)] == []


def test_no_template_of_a_document_has_a_label_of_its_own() -> None:
    """What stands before a colon is one, unless it leads to what a sentence goes on with."""
    templates = [path for folder in ("chassis", "services") for path in (ROOT / folder).rglob("*.typ")]
    assert len(templates) > 2
    found = {path.name: re.findall(r"[\u4e00-\u9fff（）]+：", path.read_text("utf-8")) for path in templates}
    assert {name: typed for name, typed in found.items() if typed} == {"enrolment_certificate.typ": ["具体信息如下："]}


# What the page of the API calls the parts of a description, which are no fields of ours.
OF_DESCRIPTIONS = {"texts.js": {"访问令牌", "权限", "参数", "名称", "说明", "必填", "可选值", "示例", "状态", "代码"}}


def test_no_page_has_a_label_of_its_own() -> None:
    found = {
        path.name: all_labels() & set(re.findall(r'"([^"]+)"', path.read_text("utf-8")))
        for path in (ROOT / "gateway/static").glob("*.js")
    }
    assert {name: typed for name, typed in found.items() if typed} == OF_DESCRIPTIONS


# The templates that people may have: titles of columns and words of choices when they were first handed out.
HANDED_OUT = {
    "student_import": (
        "学号 姓名 性别 证件类型 证件号码 出生日期 民族 政治面貌 教学点代码 学习批次 层次 学生类型 "
        "学生来源 专业代码 学制 入学日期 申请学位 手机号码 电子邮箱 其他电话 家庭住址 通讯地址 "
        "邮政编码 工作单位 前置学历层次 前置学历毕业院校 前置学历专业 前置学历毕业日期 "
        "前置学历证书编号 前置学历证书姓名"
    ),
    "Gender": "男 女",
    "IdKind": "居民身份证 港澳台居民通行证 外国人永久居留证 护照 军官证 士兵证",
    "Level": "高起专 专升本 高起本",
}


def test_what_was_handed_out_to_be_filled_in_is_read_by_its_old_words() -> None:
    titles = {title for column in STUDENTS for title in (column.title, *column.formerly)}
    assert set(HANDED_OUT["student_import"].split()) <= titles
    for choices in (Gender, IdKind, Level):
        read = words.by_word(choices) | words.former_words(choices)
        assert set(HANDED_OUT[choices.__name__].split()) <= read.keys()


def test_no_word_of_today_is_a_former_one_and_none_is_left_over() -> None:
    fields = {column.field: column.title for column in STUDENTS}
    now = {
        "student_import": fields,
        **{name: {key: zh for key, (zh, _) in of.items()} for name, of in words.MEMBERS.items()},
    }
    for key, former in papers.FORMERLY.items():
        assert set(former.values()) <= now[key].keys()
        assert not former.keys() & set(now[key].values())


def test_a_column_belongs_to_a_document_that_has_a_name() -> None:
    assert {key.partition(".")[0] for key in papers.COLUMNS} <= papers.DOCUMENTS.keys()


def test_where_a_name_means_something_else_the_contract_says_so() -> None:
    assert words.field_word(StudentView, "name") == words.Word("姓名", "Name")
    assert words.field_word(CourseView, "name") == words.Word("名称", "Name")
    assert words.by_word(Gender) == {"男": Gender.MALE, "女": Gender.FEMALE}


def test_a_place_in_a_command_has_the_word_of_its_innermost_field() -> None:
    word = path_word(SelectCourses, "course_ids.3")
    assert word is not None
    assert word.zh == "课程"
    assert path_word(SelectCourses, "nonsense") is None


@pytest.mark.parametrize(
    ("query", "filters"),
    [
        (ListAuditEntries, {"object_type": things.THINGS, "action": {**doing.ENTRIES, **doing.ACTIONS}}),
        (ListTasks, {"kind": doing.TASKS}),
    ],
)
def test_what_has_a_word_can_be_asked_for(query: type[PageQuery], filters: dict[str, Words]) -> None:
    for field, words_ in filters.items():
        for name in words_:
            assert getattr(of_service("finance", query)(**{field: name}), field) == name
