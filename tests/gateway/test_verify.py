"""The page on which anybody checks a document: served by the gateway, and what it computes is what services ask for."""

import html
import json
import re
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from altcha.v2 import create_challenge, verify_solution

from contracts.documents import CHECK_PAGE
from gateway.pages import STATIC
from gateway.routes import ROUTES
from gateway.verify import labels
from launcher.node import node
from tests.gateway.conftest import Gateway, make_gateway


def test_the_page_is_whole_loads_nothing_from_elsewhere_and_fits_a_telephone(gateway: Gateway) -> None:
    page = gateway.client.simulate_get(CHECK_PAGE)
    assert page.status_code == 200
    assert "unsafe" not in page.headers["content-security-policy"]
    assert '<meta name="viewport" content="width=device-width' in page.text
    assert '<meta name="robots" content="noindex">' in page.text
    loaded = set(re.findall(r'(?:src|href)="([a-z]+\.(?:js|css))"', page.text))
    assert loaded == {"verify.css", "verify.js"}
    for name in loaded:
        file = gateway.client.simulate_get(f"{CHECK_PAGE}{name}")
        assert file.status_code == 200
        assert "http" not in file.text.replace("https 地址", "").replace("by https", "")
        for imported in re.findall(r'from "\./([a-z]+\.js)"', file.text):
            assert gateway.client.simulate_get(f"{CHECK_PAGE}{imported}").status_code == 200
        assert "{{" not in page.text


def test_the_page_asks_the_services_that_issue_documents() -> None:
    gateway = make_gateway(routes=ROUTES)
    page = gateway.client.simulate_get(CHECK_PAGE)
    [checks] = re.findall(r'<meta name="checks" content="([^"]*)">', page.text)
    assert dict(each.split("=") for each in checks.split()) == {"registry": "/api/v1/document-checks/registry"}
    [said] = re.findall(r'<meta name="labels" content="([^"]*)">', page.text)
    assert json.loads(html.unescape(said))["number"] == ["编号", "Number"]
    gateway.hub.close()


def test_what_is_asked_about_stands_in_no_address() -> None:
    script = (STATIC / "verify.js").read_text("utf-8")
    assert "location.hash" in script
    assert "location.search" not in script
    assert 'method: "POST"' in script


def test_a_browser_does_the_work_that_services_ask_for() -> None:
    expires = datetime.now(UTC) + timedelta(minutes=20)
    challenge = create_challenge(
        "PBKDF2/SHA-256", 50, counter=37, expires_at=expires, data={"about": "ab"}, hmac_secret="s", hmac_key_secret="k"
    )
    script = (
        f'import {{ solved }} from "{(STATIC / "work.js").as_uri()}";'
        f"console.log(await solved({json.dumps(challenge.to_dict())}));"
    )
    command = node("--input-type=module", "--eval", script)
    work = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout.strip()
    assert verify_solution(work, "s", hmac_key_secret="k").verified


def shown(address: str, *answers: tuple[bool, dict[str, Any]]) -> Any:
    """What the page asks and says where it gets these answers."""
    given = json.dumps([{"ok": ok, "said": said} for ok, said in answers])
    page = node(
        str(Path(__file__).with_name("page.mjs")),
        (STATIC / "verify.js").as_uri(),
        address,
        given,
        labels(),
    )
    return json.loads(subprocess.run(page, capture_output=True, text=True, check=True, timeout=60).stdout)


GENUINE = {
    "status": "valid",
    "title": "在读证明",
    "number": "ZX1",
    "holder_name_masked": "张*明",
    "facts": [{"label": "层次", "value": "专升本"}],
    "issued_on": "2026-09-01",
    "ended_on": None,
}
UNKNOWN = {"code": "document_not_found", "detail": "没有相符的文件"}


def test_who_comes_by_the_code_sees_at_once_what_it_certifies() -> None:
    found = shown("#exams/ZX1/AB", (True, GENUINE))
    assert found["asked"] == [["/exams", {"number": "ZX1", "code": "AB"}]]
    assert found["said"] == "真实有效 文件 在读证明 编号 ZX1 持有人 张*明 层次 专升本 开具日期 2026-09-01"


def test_who_types_number_and_code_need_not_know_who_issued_it() -> None:
    ended = {**GENUINE, "status": "withdrawn", "ended_on": "2026-10-01"}
    found = shown("", (False, UNKNOWN), (True, ended))
    assert [address for address, _ in found["asked"]] == ["/registry", "/exams"]
    assert found["said"].startswith("真实，但已作废")
    assert found["said"].endswith("失效日期 2026-10-01")


def test_what_nobody_issued_is_said_with_what_to_do() -> None:
    found = shown("", (False, UNKNOWN), (False, UNKNOWN))
    assert found["said"] == "未查到该文件 没有相符的文件"


def test_who_has_to_work_does_and_asks_again() -> None:
    challenge = create_challenge("PBKDF2/SHA-256", 5, counter=3, hmac_secret="s", hmac_key_secret="k").to_dict()
    found = shown("#registry/ZX1/AB", (False, {"code": "work_required", "challenge": challenge}), (True, GENUINE))
    (_, first), (_, second) = found["asked"]
    assert first == {"number": "ZX1", "code": "AB"}
    assert verify_solution(second.pop("work"), "s", hmac_key_secret="k").verified
    assert second == first
