"""Providers, starts and finishes of unified sign-in for tests."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

from chassis.testing.harness import ServiceHarness
from contracts.identity.unified import (
    BeginUnifiedSignIn,
    BindUser,
    CreateSignInProvider,
    FinishUnifiedSignIn,
    SignInProviderView,
    UnifiedSession,
    UserBindingView,
)
from contracts.identity.views import CreatedUser
from tests.builders.identity import from_address
from tests.builders.people import of_school
from tests.lying_provider import CLIENT, SECRET, LyingProvider

BROWSER = "b" * 40
HERE = from_address("198.51.100.7")


def openid_provider(identity: ServiceHarness, lying: LyingProvider, **changes: Any) -> SignInProviderView:
    """A provider that speaks OpenID Connect, as the school has set it up."""
    fields = {"name": "统一身份认证", "kind": "openid_connect", "client_id": CLIENT, "client_secret": SECRET}
    return _made(identity, {"address": lying.address, **fields, **changes})


def cas_provider(identity: ServiceHarness, lying: LyingProvider, **changes: Any) -> SignInProviderView:
    """One that speaks CAS."""
    return _made(identity, {"address": lying.address, "name": "统一身份认证", "kind": "cas", **changes})


def _made(identity: ServiceHarness, fields: dict[str, Any]) -> SignInProviderView:
    made: SignInProviderView = identity.run(CreateSignInProvider.model_validate(fields), of_school())
    return made


def bound(
    identity: ServiceHarness, provider: SignInProviderView, user: CreatedUser, subject: str = "20210417", **fields: Any
) -> UserBindingView:
    """A binding."""
    ids = {"sign_in_provider_id": provider.id, "user_id": user.user.id}
    command = BindUser.model_validate({**ids, "subject": subject, "reason": "工号一致", **fields})
    made: UserBindingView = identity.run(command, of_school())
    return made


def begun(
    identity: ServiceHarness, provider: SignInProviderView, lying: LyingProvider, return_path: str = "/"
) -> dict[str, str]:
    """What the provider was told when somebody began; it keeps the nonce."""
    command = BeginUnifiedSignIn(
        sign_in_provider_id=provider.id, return_path=return_path, browser_token=BROWSER, work=None
    )
    address = identity.run(command, HERE).address
    sent = {name: value for name, [value] in parse_qs(urlsplit(address).query).items()}
    if "service" in sent:
        sent["state"] = parse_qs(urlsplit(sent["service"]).query)["state"][0]
    lying.nonce = sent.get("nonce", "")
    return sent


def finish(sent: dict[str, str], **changes: Any) -> FinishUnifiedSignIn:
    """What a browser sends that came back."""
    given = {"ticket": "ST-1"} if "service" in sent else {"authorization_code": "a-code"}
    fields = {"state_token": sent["state"], "browser_token": BROWSER, **given, **changes}
    return FinishUnifiedSignIn.model_validate({name: value for name, value in fields.items() if value is not None})


def came_in(
    identity: ServiceHarness, provider: SignInProviderView, lying: LyingProvider, return_path: str = "/"
) -> UnifiedSession:
    """The session of somebody whom the provider stands for."""
    session: UnifiedSession = identity.run(finish(begun(identity, provider, lying, return_path)), HERE)
    return session
