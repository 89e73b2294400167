"""The page on which anybody checks a document: served by the gateway, and what it computes is what services ask for."""

import json
import re
import shutil
import subprocess
from datetime import UTC, datetime, timedelta

import pytest
from altcha.v2 import create_challenge, verify_solution

from contracts.documents import CHECK_PAGE
from gateway.pages import STATIC
from gateway.routes import ROUTES
from tests.gateway.conftest import Gateway, make_gateway

NODE = shutil.which("node")


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
    gateway.hub.close()


def test_what_is_asked_about_stands_in_no_address() -> None:
    script = (STATIC / "verify.js").read_text("utf-8")
    assert "location.hash" in script
    assert "location.search" not in script
    assert 'method: "POST"' in script


@pytest.mark.skipif(NODE is None, reason="no node here")
def test_a_browser_does_the_work_that_services_ask_for() -> None:
    expires = datetime.now(UTC) + timedelta(minutes=20)
    challenge = create_challenge(
        "PBKDF2/SHA-256", 50, counter=37, expires_at=expires, data={"about": "ab"}, hmac_secret="s", hmac_key_secret="k"
    )
    script = (
        f'import {{ solved }} from "{(STATIC / "work.js").as_uri()}";'
        f"console.log(await solved({json.dumps(challenge.to_dict())}));"
    )
    command = [str(NODE), "--input-type=module", "--eval", script]
    work = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout.strip()
    assert verify_solution(work, "s", hmac_key_secret="k").verified
