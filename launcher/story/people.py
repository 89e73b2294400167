"""The people of a story: how each gets an account, and how they come in for the first time."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from chassis.base.context import system_context
from contracts.common import GetTask, TaskState, TaskView, of_service
from contracts.identity.commands import CreateUser, IssueOneTimePasswords, RoleGrantInput, UpdateAccount
from contracts.identity.queries import ListUsers
from contracts.identity.states import FirstStep
from contracts.identity.views import AccountView, CreatedUser, OneTimePassword, OneTimePasswords
from contracts.permissions import Module, Role
from contracts.types import Gender
from launcher.made_up import MadeUpStudents
from launcher.secrets import Secrets
from launcher.story.client import Client, ProblemError
from launcher.story.stage import expect, wait, wait_for_copies
from launcher.system import FIRST_ADMINISTRATOR, System

_ENDED = {TaskState.DONE, TaskState.FAILED, TaskState.CANCELLED}


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who is signed in."""

    title: str
    """What the person is, for people."""
    username: str
    client: Client

    @property
    def id(self) -> UUID:
        """The person's account."""
        assert self.client.tokens is not None
        return self.client.tokens.account.user_id

    def send(self, operation: Any) -> Any:
        """As `Client.send`."""
        return self.client.send(operation)

    def send_when_known(self, operation: Any) -> Any:
        """As `send`, waiting for what the service has not heard of yet."""
        return wait_for_copies(lambda: self.send(operation), "some_not_found")

    def send_to_the_end(self, command: Any) -> TaskView:
        """As `send` of what is done as a task, which is waited for. Raises StoryError where it is not done."""
        task: TaskView = self.send(command)
        look = of_service("gateway", GetTask)(task_id=task.id)
        task = wait(f"{type(command).__name__} ends", lambda: self.send(look), lambda seen: seen.state in _ENDED)
        expect(task.state is TaskState.DONE, f"{type(command).__name__} is done", task)
        return task


def administrator_password(system: System) -> str:
    """The first administrator's password, kept with the installation's other secrets."""
    return Secrets(system.state / "secrets").password("administrator-account")


def administrator(system: System) -> Person:
    """The first system administrator, made where there is none, signed in with the password that is kept.

    Raises ProblemError where an administrator of another name was made by hand: nobody else's account is touched.
    """
    password = administrator_password(system)
    one_time = _first_administrator(system, again=False)
    client = Client(system.gateway_url)
    if one_time is None:
        try:
            client.sign_in(FIRST_ADMINISTRATOR, password)
        except ProblemError as problem:
            one_time = _first_administrator(system, again=True) if problem.code == "bad_credentials" else None
            if one_time is None:
                raise
    if one_time is not None:
        client = come_in(system.gateway_url, one_time, password)
    complete_profile(client)
    return Person("system administrator", FIRST_ADMINISTRATOR, client)


def hire(
    by: Person,
    gateway_url: str,
    *,
    title: str,
    username: str,
    password: str,
    role: Role,
    modules: Sequence[Module] = (),
    course_ids: Sequence[UUID] = (),
    teaching_point_id: UUID | None = None,
) -> Person:
    """Give somebody an account, who comes in for the first time at once."""
    command = CreateUser(
        username=username,
        name=MadeUpStudents(username).name(),
        roles=(RoleGrantInput(role=role, modules=tuple(modules), course_ids=tuple(course_ids)),),
        teaching_point_id=teaching_point_id,
    )
    client = come_in(gateway_url, _account(by, command), password)
    complete_profile(client)
    return Person(title, username, client)


def _account(by: Person, command: CreateUser) -> OneTimePassword:
    """The one-time password of the new account.

    Answers with passwords are stored nowhere: where the account was made and its answer came too late, the repetition
    finds the name taken, and the password is issued anew.
    """
    try:
        created: CreatedUser = by.send(command)
    except ProblemError as problem:
        if problem.code != "username_taken":
            raise
        found = by.client.pages(ListUsers(search=command.username))
        ids = tuple(user.id for user in found if user.username == command.username)
        issued: OneTimePasswords = by.send(IssueOneTimePasswords(user_ids=ids))
        return issued.items[0]
    return created.one_time_password


def come_in(gateway_url: str, one_time: OneTimePassword, password: str) -> Client:
    """Sign in with a one-time password and change it."""
    client = Client(gateway_url)
    client.sign_in(one_time.username, one_time.password)
    client.change_password(one_time.password, password)
    return client


def complete_profile(client: Client) -> None:
    """Do the first step that is left, if it is."""
    assert client.tokens is not None
    account: AccountView = client.tokens.account
    if FirstStep.COMPLETE_PROFILE not in account.first_steps:
        return
    command = UpdateAccount(
        version=account.version,
        name=account.name,
        gender=account.gender or Gender.FEMALE,
        mobile=account.mobile or MadeUpStudents(account.username).mobile(),
    )
    client.send(command)
    client.refresh()  # the token at hand still says that there are first steps


def _first_administrator(system: System, *, again: bool) -> OneTimePassword | None:
    from services.identity.bootstrap import make

    with system.databases() as databases:
        return databases["identity"].run(system_context(), lambda uow: make(uow, FIRST_ADMINISTRATOR, again=again))
