"""The route table and the document made from it."""

import importlib
import pkgutil
import re
from collections import Counter

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

import contracts
from chassis.declaring.service import load
from contracts.base import OPERATIONS, Command, PageQuery
from contracts.common import ListAuditEntries
from contracts.errors import ErrorKind, catalogue, error_text
from contracts.every_service import COMMON_OPERATIONS, SETTINGS_OPERATIONS
from contracts.parked import MESSAGE_OPERATIONS
from contracts.permissions import PERMISSIONS
from contracts.public import PublicQuery
from gateway.openapi.document import document
from gateway.openapi.problem_codes import codes_of
from gateway.problems import STATUS, STATUS_OF_CODE
from gateway.route import Access, Route
from gateway.routes import ROUTES, SERVICES
from tests.gateway.conftest import Gateway

# For gateways alone, over the bus.
INTERNAL = {"list_revocations", "get_access_grants"}


@pytest.fixture(scope="module")
def described() -> dict:  # type: ignore[type-arg]
    return document(ROUTES)


def all_operations() -> list[type]:
    for module in pkgutil.walk_packages(contracts.__path__, "contracts."):
        importlib.import_module(module.name)
    common = {operation.__name__ for operation in COMMON_OPERATIONS} - {ListAuditEntries.__name__}
    return [
        operation
        for (service, method), operation in OPERATIONS.items()
        if service in SERVICES and method not in INTERNAL and operation.__name__ not in common
    ]


def test_every_operation_has_exactly_one_route() -> None:
    routed = Counter(route.operation for route in ROUTES if not route.downloads)
    missing = [operation.__name__ for operation in all_operations() if routed[operation] != 1]
    assert missing == []


def test_every_service_shows_its_audit_trail() -> None:
    shown = [route.service for route in ROUTES if issubclass(route.operation, ListAuditEntries)]
    assert sorted(shown) == sorted(SERVICES)


def test_every_service_shows_the_messages_that_it_could_not_handle_or_send() -> None:
    shown = Counter(route.service for route in ROUTES if issubclass(route.operation, MESSAGE_OPERATIONS))
    assert shown == dict.fromkeys(SERVICES, len(MESSAGE_OPERATIONS))


def test_the_filters_of_a_trail_have_the_services_own_examples(described: dict) -> None:  # type: ignore[type-arg]
    for route in (each for each in ROUTES if issubclass(each.operation, ListAuditEntries)):
        parameters = described["paths"][route.template]["get"]["parameters"]
        shown = {each["name"]: each["schema"].get("examples") for each in parameters}
        assert [shown[name] for name, _ in route.examples] == [[value] for _, value in route.examples]
        assert [name for name, _ in route.examples] == ["object_type", "action"]


def test_a_list_is_described_by_what_its_contract_promises(described: dict) -> None:  # type: ignore[type-arg]
    lists = [route for route in ROUTES if issubclass(route.operation, PageQuery) and route.operation.filters()]
    for route in lists:
        said = described_of(route, described)
        promise = re.search("by each filter alone(?: but (.*?))?(?:, and by (.*) together)?\\. W", said)
        assert promise, said
        but, together = (re.findall("`(.*?)`", part or "") for part in promise.groups())
        assert set(but) == route.operation.looked_at
        assert {frozenset(pair) for pair in zip(together[::2], together[1::2], strict=True)} == set(
            route.operation.together
        )
    of_leads = {each.operation.__name__ for each in lists if "single courses" in described_of(each, described)}
    assert of_leads == {"ListSelections", "ListWithdrawals", "ListRegistrations"}


def described_of(route: Route, described: dict) -> str:  # type: ignore[type-arg]
    return str(described["paths"][route.template]["get"]["description"])


def test_services_that_have_settings_of_the_school_show_them_and_no_others() -> None:
    shown = Counter(route.service for route in ROUTES if issubclass(route.operation, SETTINGS_OPERATIONS))
    having = [name for name in SERVICES if load(f"services.{name}.service").settings]
    assert shown == dict.fromkeys(having, len(SETTINGS_OPERATIONS))


def test_no_two_routes_share_an_address() -> None:
    doubles = [key for key, count in Counter((route.method, route.path) for route in ROUTES).items() if count > 1]
    assert doubles == []


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{route.method} {route.path}")
def test_a_route_is_well_formed(route) -> None:  # type: ignore[no-untyped-def]
    assert isinstance(route.permission, Access) or route.permission in PERMISSIONS
    assert re.fullmatch(r"(/([a-z-]+|\{[a-z_]+\}))+", route.path)
    assert issubclass(route.operation, Command | PublicQuery) == (route.method != "GET")
    assert route.word
    assert route.service in (*SERVICES, "gateway")
    assert codes_of(route) == sorted(set(codes_of(route)) & catalogue().keys())


def test_every_permission_opens_some_route() -> None:
    assert {route.permission for route in ROUTES if not isinstance(route.permission, Access)} == PERMISSIONS


def test_the_document_is_valid_openapi(described) -> None:  # type: ignore[no-untyped-def]
    OpenAPIV31SpecValidator(described).validate()


def test_every_field_has_a_title_in_both_languages_and_every_choice_its_words(described) -> None:  # type: ignore[no-untyped-def]
    for name, schema in described["components"]["schemas"].items():
        if name == "Problem":
            continue
        for field, about in schema.get("properties", {}).items():
            assert about["x-title-en"] != about["title"], f"{name}.{field}"
        if "enum" in schema:
            assert schema["x-words"].keys() == set(schema["enum"]), name


def test_names_of_the_code_have_words_where_they_are_asked_for_and_answered(described) -> None:  # type: ignore[no-untyped-def]
    [kind] = (each for each in described["paths"]["/api/v1/tasks"]["get"]["parameters"] if each["name"] == "kind")
    assert kind["schema"]["x-words"]["student_import"] == {"zh": "导入学生", "en": "Import of students"}
    assert kind["schema"]["title"] == "类型"
    tasks = described["components"]["schemas"]["CentralTasks"]["properties"]
    assert tasks["unanswered"]["x-words"]["finance"] == {"zh": "财务", "en": "Finance"}


def test_every_operation_is_described_whole(described) -> None:  # type: ignore[no-untyped-def]
    seen = []
    for path, item in described["paths"].items():
        for method, operation in item.items():
            seen.append(operation["operationId"])
            assert operation["summary"] != operation["x-summary-zh"], path
            assert operation["description"].endswith("."), path
            assert {"500", "503", "429"} <= operation["responses"].keys()
            if method == "post" and "requestBody" in operation:
                assert operation["requestBody"]["content"]
    assert len(seen) == len(set(seen))


def test_the_refusals_that_a_contract_names_are_described(described) -> None:  # type: ignore[no-untyped-def]
    responses = described["paths"]["/api/v1/users"]["post"]["responses"]
    assert "username_taken" in responses["409"]["$ref"]
    assert "stale_version" in described["paths"]["/api/v1/users/{user_id}"]["put"]["responses"]["409"]["$ref"]


def test_examples_of_bodies_are_what_their_contracts_take() -> None:
    from contracts.examples import example_of

    refused = {}
    for route in ROUTES:
        schema = route.operation.model_json_schema()
        if issubclass(route.operation, PageQuery):
            del schema["properties"]["after"]  # takes the place of `page`
        try:
            route.operation.model_validate(example_of(schema, schema.get("$defs", {})))
        except ValueError as error:
            refused[route.operation.__name__] = str(error)
    assert refused == {}


def test_every_kind_of_refusal_has_a_status() -> None:
    assert STATUS.keys() == set(ErrorKind)
    for code, status in STATUS_OF_CODE.items():
        assert code in catalogue()
        assert 400 <= status < 500
    for code in catalogue():
        assert error_text(code).zh
        assert error_text(code).en


def test_the_page_and_the_document_come_from_the_gateway_alone(gateway: Gateway) -> None:
    page = gateway.client.simulate_get("/docs/")
    assert page.status_code == 200
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert gateway.client.simulate_get("/docs").headers["location"] == "/docs/"
    assert gateway.client.simulate_get("/api/v1/openapi.json").json["openapi"].startswith("3.1")
    for name in re.findall(r'(?:src|href)="([a-z]+\.(?:js|css))"', page.text):
        script = gateway.client.simulate_get(f"/docs/{name}")
        assert script.status_code == 200
        assert "http://" not in script.text
        assert "https://" not in script.text
        for imported in re.findall(r'from "\./([a-z]+\.js)"', script.text):
            assert gateway.client.simulate_get(f"/docs/{imported}").status_code == 200
