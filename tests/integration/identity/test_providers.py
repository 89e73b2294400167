"""Providers as the school sets them up, and what is kept of their secrets."""

import pytest
from sqlalchemy import select

from chassis.base.settings import settings
from chassis.testing.harness import ServiceHarness
from contracts.common import ListAuditEntries, of_service
from contracts.identity.unified import CreateSignInProvider, ListSignInProviders, UpdateSignInProvider
from services.identity.steps import provider_secrets
from services.identity.tables.unified import sign_in_providers
from tests.builders.identity import private_key, user
from tests.builders.people import of_school
from tests.builders.unified import bound, came_in, cas_provider, openid_provider
from tests.lying_provider import SECRET, LyingProvider


def kept(identity: ServiceHarness) -> bytes:
    """The secret as it lies in the table."""
    (found,) = identity.rows(select(sign_in_providers.c.client_secret))
    return bytes(found.client_secret)


def test_a_clients_secret_is_sealed_and_told_to_nobody_but_its_provider(
    identity: ServiceHarness, lying: LyingProvider
) -> None:
    provider = openid_provider(identity, lying)
    assert provider.has_client_secret
    assert SECRET.encode() not in kept(identity)
    shown = identity.ask(ListSignInProviders(), of_school()).model_dump_json()
    trail = identity.ask(of_service("identity", ListAuditEntries)(), of_school()).model_dump_json()
    assert SECRET not in shown + trail
    fields = {"sign_in_provider_id": provider.id, "version": provider.version, "name": "新的名称"}
    changed = UpdateSignInProvider(**fields, address=provider.address, client_id="jiaowu")
    assert identity.run(changed, of_school()).has_client_secret, "left out, it stays"
    bound(identity, provider, user(identity))
    came_in(identity, provider, lying)
    (asked,) = {who for path, _, who in lying.asked if path == "/token"}
    assert asked == "jiaowu:secret_%26_of_%3A_the_client_%25"


def test_a_secret_is_sealed_anew_while_keys_are_changed_and_gone_with_its_key(
    identity: ServiceHarness, lying: LyingProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    provider = openid_provider(identity, lying)
    bound(identity, provider, user(identity))
    old, new, before = settings().token_private_key.get_secret_value(), private_key(), kept(identity)
    for keys in (new + old, new):
        monkeypatch.setenv("JIAOWU_TOKEN_PRIVATE_KEY", keys)
        settings.cache_clear()
        identity.run_due_jobs()
        came_in(identity, provider, lying)
    assert kept(identity) != before
    assert provider_secrets.opened(provider.id, before) is None
    assert provider_secrets.opened(user(identity, "other").user.id, kept(identity)) is None


def test_a_changed_secret_leaves_a_trace_and_follows_to_no_other_address(
    identity: ServiceHarness, lying: LyingProvider
) -> None:
    provider = openid_provider(identity, lying)
    same = {"sign_in_provider_id": provider.id, "name": provider.name, "client_id": provider.client_id}
    moved = {**same, "version": provider.version, "address": "https://sso.example"}
    refusal = identity.refusal(UpdateSignInProvider.model_validate(moved), of_school())
    assert [(error.path, error.code) for error in refusal.errors] == [("client_secret", "secret_for_another_address")]
    before = kept(identity)
    with_secret = identity.run(
        UpdateSignInProvider.model_validate({**moved, "client_secret": "another-1"}), of_school()
    )
    assert (with_secret.address, kept(identity) == before) == ("https://sso.example", False)
    entries = identity.ask(of_service("identity", ListAuditEntries)(object_id=provider.id), of_school()).items
    told = [entry.after for entry in entries if entry.action == "edit"]
    assert {"client_secret": "changed"} in told
    assert {"address": "https://sso.example"} in told


def test_openid_connect_needs_a_client_and_names_are_given_once(identity: ServiceHarness, lying: LyingProvider) -> None:
    lacking = CreateSignInProvider.model_validate(
        {"name": "甲", "kind": "openid_connect", "address": "https://sso.example"}
    )
    refusal = identity.refusal(lacking, of_school())
    assert [(error.path, error.code) for error in refusal.errors] == [("client_id", "field_required")]
    cas_provider(identity, lying)
    second = CreateSignInProvider.model_validate({"name": "统一身份认证", "kind": "cas", "address": lying.address})
    assert identity.refusal(second, of_school()).code == "sign_in_provider_name_taken"


@pytest.mark.parametrize(
    "address", ["http://sso.example", "ftp://sso.example", "https://u@sso.example", "https://sso.example/?a", "sso"]
)
def test_a_provider_is_asked_by_tls_alone(address: str) -> None:
    with pytest.raises(ValueError, match="address"):
        CreateSignInProvider.model_validate({"name": "甲", "kind": "cas", "address": address})
