"""Who is bound to whom, and what becomes of their own password."""

from chassis.base.context import Context
from chassis.testing.harness import ServiceHarness, acting
from contracts.identity.commands import ChangePassword, IssueOneTimePasswords, RefreshSession, SignIn, SignOut
from contracts.identity.notices import ListNotices
from contracts.identity.queries import ListUsers
from contracts.identity.unified import BindUser, ChangeLocalSignIn, GetBoundProvider, ListUserBindings, UnbindUser
from contracts.identity.views import CreatedUser
from services.identity.bootstrap import make
from tests.builders.identity import PASSWORD, in_session, signed_in, user
from tests.builders.people import of_school
from tests.builders.unified import bound, came_in, cas_provider, openid_provider
from tests.lying_provider import LyingProvider

NEW = "another-mule-43"


def own(created: CreatedUser) -> Context:
    return acting(user_id=created.user.id, scope="own", ids=[created.user.id])


def test_the_own_password_of_a_bound_account_opens_it_no_more(identity: ServiceHarness, lying: LyingProvider) -> None:
    created = user(identity)
    before = signed_in(identity, created)
    bound(identity, openid_provider(identity, lying), created)
    by_password = SignIn(username=created.user.username, password=PASSWORD)
    assert identity.refusal(by_password).code == "local_sign_in_off"
    assert identity.refusal(SignIn(username=created.user.username, password=NEW)).code == "bad_credentials"
    assert identity.refusal(RefreshSession(refresh_token=before.refresh_token)).code == "session_ended"
    change = ChangePassword(current_password=PASSWORD, new_password=NEW, confirmation=NEW)
    assert identity.refusal(change, own(created)).code == "local_sign_in_off"
    refusal = identity.refusal(IssueOneTimePasswords(user_ids=(created.user.id,)), of_school())
    assert (refusal.code, refusal.params) == ("some_sign_in_elsewhere", {"count": 1})


def test_of_system_administrators_it_goes_on_opening_it_and_of_whom_the_school_says(
    identity: ServiceHarness, lying: LyingProvider
) -> None:
    provider = openid_provider(identity, lying)
    administrator = user(identity, "admin2", roles=({"role": "system_admin"},))
    allowed, later = user(identity, "allowed"), user(identity, "later")
    assert bound(identity, provider, administrator, "1").local_sign_in
    assert bound(identity, provider, allowed, "2", local_sign_in=True).local_sign_in
    binding = bound(identity, provider, later, "3")
    assert not binding.local_sign_in
    change = ChangeLocalSignIn(
        user_binding_id=binding.id, version=binding.version, local_sign_in=True, reason="平台检修"
    )
    assert identity.run(change, of_school()).local_sign_in
    for created in (administrator, allowed, later):
        password = created.one_time_password.password
        assert identity.run(SignIn(username=created.user.username, password=password)).account.first_steps


def test_who_is_bound_sees_their_own_provider_and_nobody_elses(identity: ServiceHarness, lying: LyingProvider) -> None:
    mine = openid_provider(identity, lying, password_address="https://sso.example/password")
    other = cas_provider(identity, lying, name="校园门户", password_address="https://portal.example/password")
    first, second, third = user(identity, "first"), user(identity, "second"), user(identity, "third")
    bound(identity, mine, first, "1")
    bound(identity, other, second, "2")
    seen = identity.ask(GetBoundProvider(), own(first))
    assert (seen.name, seen.password_address) == ("统一身份认证", "https://sso.example/password")
    assert identity.ask(GetBoundProvider(), own(second)).name == "校园门户"
    assert identity.refusal(GetBoundProvider(), own(third)).code == "not_found"


def test_nobody_is_bound_twice_and_no_subject_is_anothers(identity: ServiceHarness, lying: LyingProvider) -> None:
    provider = openid_provider(identity, lying)
    first, second = user(identity), user(identity, "second")
    bound(identity, provider, first)
    again = BindUser(sign_in_provider_id=provider.id, subject="20210417", user_id=second.user.id, reason="工号一致")
    assert identity.refusal(again, of_school()).code == "subject_bound"
    other = BindUser(sign_in_provider_id=provider.id, subject="other", user_id=first.user.id, reason="工号一致")
    assert identity.refusal(other, of_school()).code == "user_bound"
    assert bound(identity, provider, second, " 20210417X ").subject == "20210417X", "as it is pasted"


def test_who_is_unbound_is_signed_out_and_has_the_own_password_again(
    identity: ServiceHarness, lying: LyingProvider
) -> None:
    provider = openid_provider(identity, lying)
    created = user(identity)
    signed_in(identity, created)
    binding = bound(identity, provider, created)
    session = came_in(identity, provider, lying)
    identity.run(UnbindUser(user_binding_id=binding.id, version=binding.version, reason="绑定错误"), of_school())
    assert identity.refusal(RefreshSession(refresh_token=session.refresh_token)).code == "session_ended"
    assert identity.run(SignIn(username=created.user.username, password=PASSWORD)).access_token


def test_the_last_administrator_who_comes_in_by_password_goes_on_so_and_is_helped_on_the_server_if_not(
    identity: ServiceHarness, lying: LyingProvider
) -> None:
    provider = openid_provider(identity, lying)
    first, second = (user(identity, name, roles=({"role": "system_admin"},)) for name in ("admin", "admin2"))
    bound(identity, provider, first, "1", local_sign_in=False)
    alone = {"sign_in_provider_id": provider.id, "user_id": second.user.id, "subject": "2", "reason": "工号一致"}
    shut = BindUser.model_validate({**alone, "local_sign_in": False})
    assert identity.refusal(shut, of_school()).code == "last_local_sign_in"
    binding = bound(identity, provider, second, "2")
    change = {"user_binding_id": binding.id, "version": binding.version, "reason": "不再需要"}
    shut_later = ChangeLocalSignIn.model_validate({**change, "local_sign_in": False})
    assert identity.refusal(shut_later, of_school()).code == "last_local_sign_in"
    made = identity.database.run(Context(), lambda uow: make(uow, "admin", again=True))
    assert identity.run(SignIn(username="admin", password=made.password)).account.local_sign_in
    assert not identity.run(shut_later, of_school()).local_sign_in, "there is another again"


def test_whoever_is_bound_or_unbound_or_loses_the_own_password_is_told(
    identity: ServiceHarness, lying: LyingProvider
) -> None:
    provider = openid_provider(identity, lying)
    created = user(identity)
    binding = bound(identity, provider, created)
    change = {"user_binding_id": binding.id, "version": binding.version, "reason": "平台检修"}
    identity.run(ChangeLocalSignIn.model_validate({**change, "local_sign_in": True}), of_school())
    identity.run(UnbindUser.model_validate(change), of_school())
    told = [notice.message for notice in identity.ask(ListNotices(), own(created)).items]
    assert told == [
        "统一认证账号绑定：解除绑定（只能本地登录）",
        "统一认证账号绑定：设置本地登录（统一身份认证登录、本地登录均可）",
        "统一认证账号绑定：绑定统一认证账号（只能通过统一身份认证登录）",
    ]


def test_who_changes_the_password_still_signs_out_at_the_provider(
    identity: ServiceHarness, lying: LyingProvider
) -> None:
    provider = openid_provider(identity, lying)
    created = user(identity)
    signed_in(identity, created)
    bound(identity, provider, created, local_sign_in=True)
    session = came_in(identity, provider, lying)
    change = ChangePassword(current_password=PASSWORD, new_password=NEW, confirmation=NEW)
    after = identity.run(change, in_session(session))
    assert identity.run(SignOut(refresh_token=after.refresh_token)).provider_sign_out


def test_bindings_are_found_by_user_and_subject_and_so_are_users_without(
    identity: ServiceHarness, lying: LyingProvider
) -> None:
    provider = openid_provider(identity, lying)
    bound(identity, provider, user(identity, "first"), "A-100")
    bound(identity, provider, user(identity, "second"), "B-200")
    user(identity, "third")

    def found(search: str) -> set[str]:
        return {each.subject for each in identity.ask(ListUserBindings(search=search), of_school()).items}

    assert (found("first"), found("B-2"), found("nobody")) == ({"A-100"}, {"B-200"}, set())

    def users_bound(bound: bool) -> set[str]:
        return {each.username for each in identity.ask(ListUsers(bound=bound), of_school()).items}

    assert users_bound(True) == {"first", "second"}
    assert "third" in users_bound(False)
    assert not users_bound(False) & {"first", "second"}
