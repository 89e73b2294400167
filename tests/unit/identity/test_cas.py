"""What a CAS server says of a ticket (CAS Protocol 3.0, 2.5), as it may be written."""

from urllib.parse import parse_qs, urlsplit

import pytest

from services.identity.domain import cas
from services.identity.domain.openid import NotBelieved

SERVICE = "https://jw.example/sign-in/unified?state=a-b_c"


def answer(inside: str, before: str = "") -> bytes:
    """A response as CAS servers write it."""
    return (
        f'{before}<cas:serviceResponse xmlns:cas="http://www.yale.edu/tp/cas">{inside}</cas:serviceResponse>'.encode()
    )


def success(user: str = "20210417", attributes: str = "") -> bytes:
    inside = f"<cas:user>{user}</cas:user><cas:attributes>{attributes}</cas:attributes>"
    return answer(f"<cas:authenticationSuccess>{inside}</cas:authenticationSuccess>")


def test_whom_a_ticket_stands_for() -> None:
    found = cas.validated(success("\n  20210417\n"))
    assert found is not None
    assert (found.user, found.attributes, found.first("name")) == ("20210417", {}, None)


@pytest.mark.parametrize(
    ("written", "values"),
    [
        ("<cas:name>张三</cas:name>", ["张三"]),
        ("<cas:name>张三</cas:name><cas:name>张叁</cas:name>", ["张三", "张叁"]),
        ("<cas:name></cas:name><cas:name/>", []),
        ("<cas:name> </cas:name><cas:name>张三</cas:name>", ["张三"]),
        ("<cas:name><![CDATA[张<三>&]]></cas:name>", ["张<三>&"]),
        ("<cas:name>A &amp; B &#24352;</cas:name>", ["A & B 张"]),
    ],
)
def test_attributes_have_all_their_values_and_the_first_counts(written: str, values: list[str]) -> None:
    found = cas.validated(success(attributes=written))
    assert found is not None
    assert found.attributes.get("name", []) == values
    assert found.first("name") == next(iter(values), None)


def test_a_ticket_that_the_provider_does_not_know_stands_for_nobody() -> None:
    failure = "<cas:authenticationFailure code='INVALID_TICKET'>used</cas:authenticationFailure>"
    assert cas.validated(answer(failure)) is None
    both = failure + "<cas:authenticationSuccess><cas:user>20210417</cas:user></cas:authenticationSuccess>"
    assert cas.validated(answer(both)) is None


_ENTITY = '<!DOCTYPE x [<!ENTITY who SYSTEM "file:///etc/hostname">]>'
_LAUGHS = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>'


@pytest.mark.parametrize(
    "said",
    [
        *(b"", b"<", b"yes\n20210417\n", b"<html/>", answer(""), success("")),
        answer("<cas:authenticationSuccess><user>1</user></cas:authenticationSuccess>"),
        b"<serviceResponse><authenticationSuccess><user>1</user></authenticationSuccess></serviceResponse>",
        _ENTITY.encode() + success("&who;"),
        _LAUGHS.encode() + success("&b;"),
        b"<!DOCTYPE x>" + success(),
        success("&who;"),
    ],
)
def test_nothing_else_is_believed_and_no_entity_is_resolved(said: bytes) -> None:
    with pytest.raises(NotBelieved):
        cas.validated(said)


def test_a_ticket_is_asked_about_for_the_very_service_that_it_was_given_for() -> None:
    sent = parse_qs(urlsplit(cas.sign_in_address("https://sso.example/cas", SERVICE)).query)["service"]
    asked = parse_qs(urlsplit(cas.validation_address("https://sso.example/cas", SERVICE, "ST-1&x=%26")).query)
    assert sent == asked["service"] == [SERVICE]
    assert asked["ticket"] == ["ST-1&x=%26"]
