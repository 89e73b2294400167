"""Signing in by real providers: OpenID Connect and CAS, in tabs, from elsewhere, too late, and out again."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from secrets import token_hex
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, Request, expect
from sqlalchemy import create_engine, text

from contracts.identity.commands import CreateUser, RoleGrantInput
from contracts.identity.unified import BindUser, CreateSignInProvider, SignInProviderView
from contracts.identity.views import CreatedUser
from contracts.permissions import Role
from launcher.system import System
from tests.browser.conftest import Contexts, Desk
from tests.browser.doing import choose_in_menu, confirm, row_of
from tests.browser.premises import Premises
from tests.browser.watching import Watch
from tests.lying_provider import CLIENT, SECRET
from tests.providers import running

pytestmark = [pytest.mark.xdist_group("browser"), pytest.mark.timeout(300)]

OPENID, CAS = "统一身份认证", "校园门户"
CAS_USER = "20210418"


@dataclass
class Providers:
    """The school's two, and where they are."""

    openid: SignInProviderView
    cas: SignInProviderView


@pytest.fixture(scope="module")
def providers(premises: Premises, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Providers]:
    log = tmp_path_factory.mktemp("providers") / "log.txt"
    with ExitStack() as stack:
        issuer = stack.enter_context(running.openid_connect(premises.url, log))
        server = stack.enter_context(running.cas(premises.url, log))
        openid = {"name": OPENID, "kind": "openid_connect", "address": issuer, "client_id": CLIENT}
        made = [{**openid, "client_secret": SECRET, "name_attribute": "name"}, {"name": CAS, "kind": "cas"}]
        made[1] |= {"address": server, "name_attribute": "xm", "password_address": "https://sso.example/password"}
        administrator = premises.people()["system administrator"]
        yield Providers(*(administrator.send(CreateSignInProvider.model_validate(fields)) for fields in made))


@pytest.fixture(autouse=True)
def pages_of_others(providers: Providers, watch: Watch) -> Iterator[None]:
    """What the providers' own pages complain of is not ours."""
    theirs = (provider.address.removesuffix("/cas") for provider in (providers.openid, providers.cas))
    with watch.allowing(*theirs, "Content Security", "jQuery"):
        yield


@pytest.fixture
def browser(fresh: Contexts) -> Callable[[], BrowserContext]:
    """Opens one that nobody has used, in which the providers' pages fetch nothing from elsewhere."""

    def open_() -> BrowserContext:
        context = fresh()
        context.route("https://fonts.googleapis.com/**", lambda route: route.fulfill(content_type="text/css", body=""))
        return context

    return open_


def employee(premises: Premises, provider: SignInProviderView, subject: str) -> CreatedUser:
    """Somebody of the school who is bound."""
    administrator = premises.people()["system administrator"]
    role = RoleGrantInput(role=Role.SCHOOL_REGISTRAR)
    made: CreatedUser = administrator.send(CreateUser(username=f"u.{token_hex(4)}", name="来自门户", roles=(role,)))
    ids: dict[str, Any] = {"sign_in_provider_id": provider.id, "user_id": made.user.id}
    administrator.send(BindUser(**ids, subject=subject, reason="工号一致"))
    return made


def choose(page: Page, provider: str) -> None:
    page.get_by_role("region", name="其他登录方式").get_by_role("button", name=provider).click()


def at_openid(page: Page, subject: str) -> None:
    """Fill in the provider's page."""
    page.locator("input[name=login]").fill(subject)
    page.locator("input[name=password]").fill("any")
    page.locator("button[type=submit]").click()


def at_cas(page: Page) -> None:
    expect(page.get_by_role("heading", name="请登录")).to_be_visible()
    page.locator("input[name=username]").fill(CAS_USER)
    page.locator("input[name=password]").fill("test")
    page.locator("button[type=submit]").click()


def complete_profile(page: Page) -> None:
    """The one first step that is left to who has no password here."""
    expect(page.get_by_role("heading", name="完善个人信息")).to_be_visible()
    page.get_by_text("女", exact=True).click()
    page.get_by_label("手机号").fill("13900001111")
    page.get_by_role("button", name="保存").click()


def inside(page: Page) -> None:
    expect(page.get_by_role("navigation", name="主菜单")).to_be_visible()


def sign_out(page: Page) -> None:
    page.get_by_role("button", name="来自门户").click()
    page.get_by_role("menuitem", name="退出登录").click()


def test_what_was_begun_in_two_tabs_ends_signed_in_in_both_and_out_at_the_provider_too(
    browser: Callable[[], BrowserContext], premises: Premises, providers: Providers
) -> None:
    subject = token_hex(4)
    employee(premises, providers.openid, subject)
    context = browser()
    first, second = context.new_page(), context.new_page()
    for tab in (first, second):
        tab.goto("/sign-in?next=/registry/students")
        choose(tab, OPENID)
        expect(tab.locator("input[name=login]")).to_be_visible()
    at_openid(first, subject)
    complete_profile(first)
    expect(first.get_by_role("heading", level=1, name="学生")).to_be_visible()
    at_openid(second, subject)
    inside(second)
    for tab in (first, second):
        assert "code" not in tab.url
        assert "state" not in tab.url
    first.go_back()
    first.go_forward()
    inside(first)

    first.goto("/account/password")
    expect(first.get_by_text("密码不在本平台保存")).to_be_visible()
    sign_out(first)
    first.locator("button[name=logout]").click()
    expect(first.get_by_role("button", name=OPENID)).to_be_visible()
    assert first.url == f"{premises.url}/sign-in"
    expect(second.get_by_role("heading", level=1, name="登录")).to_be_visible()
    choose(second, OPENID)
    expect(second.locator("input[name=login]")).to_be_visible()  # the provider knows nobody any more


def test_a_page_that_was_not_begun_here_or_too_long_ago_says_so_and_begins_again(
    browser: Callable[[], BrowserContext], premises: Premises, providers: Providers, system: System
) -> None:
    page = browser().new_page()

    def told(sentence: str) -> None:  # of whichever page is looked at then
        expect(page.get_by_role("alert")).to_contain_text(sentence)
        assert page.url.endswith("/sign-in/unified"), "and nothing stays in the address"
        page.get_by_role("button", name="返回登录页重新开始").click()
        expect(page.get_by_role("heading", level=1, name="登录")).to_be_visible()

    page.goto("/sign-in/unified?state=made-up&code=made-up")
    told("登录页面已失效")
    page.goto("/sign-in/unified")
    told("登录页面已失效")
    page.goto(premises.url.replace("127.0.0.1", "localhost") + "/sign-in")
    choose(page, OPENID)
    at_openid(page, token_hex(4))
    told("另一个网址开始的")

    page = browser().new_page()
    page.goto("/")
    choose(page, OPENID)
    expect(page.locator("input[name=login]")).to_be_visible()
    engine = create_engine(system.owner_url("identity"))
    with engine.begin() as connection:
        connection.execute(text("SET LOCAL row_security = off"))
        connection.execute(
            text("UPDATE sign_in_starts SET started_at = started_at - :by"), {"by": timedelta(minutes=11)}
        )
    engine.dispose()
    at_openid(page, token_hex(4))
    told("已超过 10 分钟")


def test_who_is_not_bound_waits_for_the_school_which_binds_them_on_a_page(
    browser: Callable[[], BrowserContext], desk: Desk, premises: Premises, providers: Providers, watch: Watch
) -> None:
    subject = token_hex(4)
    made = employee(premises, providers.openid, token_hex(4))
    stranger = browser().new_page()
    stranger.goto("/")
    choose(stranger, OPENID)
    with watch.allowing("403 POST .*/sessions/unified"):
        at_openid(stranger, subject)
        expect(stranger.get_by_role("alert")).to_contain_text("尚未绑定本平台的账号")

    office = desk("system administrator")
    office.goto("/")
    choose_in_menu(office, "系统管理", "统一认证账号绑定")
    office.get_by_label("搜索").fill(made.user.username)
    office.get_by_role("button", name="查询").click()
    bound = row_of(office, made.user.username)
    bound.get_by_role("button", name="解除").click()
    form = office.get_by_role("form", name="解除绑定")
    form.get_by_label("原因").fill("绑定了错误的账号")
    form.get_by_role("button", name="提交").click()
    confirm(office, "解除绑定")
    expect(bound).to_have_count(0)

    choose_in_menu(office, "系统管理", "待绑定的统一认证账号")
    waiting = row_of(office, subject)
    expect(waiting).to_contain_text("张三")
    waiting.get_by_role("button", name="绑定").click()
    form = office.get_by_role("form", name="绑定统一认证账号")
    form.get_by_role("combobox", name="用户").fill(made.user.username)
    office.get_by_role("option", name=made.user.username).click()
    form.get_by_label("原因").fill("本人到校核实")
    form.get_by_role("button", name="提交").click()
    expect(waiting).to_have_count(0)
    stranger.get_by_role("button", name="返回登录页重新开始").click()
    choose(stranger, OPENID)  # which still knows who this is
    complete_profile(stranger)
    inside(stranger)


def test_from_a_portal_that_speaks_cas_people_come_to_the_very_page_that_they_wanted(
    browser: Callable[[], BrowserContext], premises: Premises, providers: Providers
) -> None:
    employee(premises, providers.cas, CAS_USER)
    page = browser().new_page()
    tickets: list[str] = []

    def note(sent: Request) -> None:
        if "ticket=" in sent.url and sent.is_navigation_request():
            tickets.append(sent.url)

    page.on("request", note)
    page.goto("/registry/students?intake=202609&level=bachelor#%E5%BC%A0&x=?100%25")
    expect(page.get_by_role("link", name=f"忘记“{CAS}”的密码")).to_be_visible()
    choose(page, CAS)
    at_cas(page)
    complete_profile(page)
    expect(page.get_by_role("heading", level=1, name="学生")).to_be_visible()
    assert "intake=202609&level=bachelor" in page.url
    assert page.url.endswith("#%E5%BC%A0&x=?100%25")
    assert "ticket" not in page.url

    sign_out(page)
    page.wait_for_url(f"{premises.url}/sign-in")  # by way of the portal, which knows nobody any more
    page.goto(tickets[0])
    expect(page.get_by_role("alert")).to_contain_text("凭据已经使用过")
    for elsewhere in ("//evil.example", "https:evil.example", "/%0a/evil.example"):
        page.goto(f"/sign-in?next={elsewhere}")
        choose(page, CAS)
        at_cas(page)
        inside(page)
        assert page.url == f"{premises.url}/"
        sign_out(page)
        page.wait_for_url(f"{premises.url}/sign-in")
