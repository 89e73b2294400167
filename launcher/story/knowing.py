"""What people know without being asked to look: what waits for them, what was decided, what will hold from when on, and
whether a paper in somebody's hand is genuine."""

from contracts.common import of_service
from contracts.courses.states import WithdrawalState
from contracts.documents import CheckDocument, CheckedDocument, DocumentStatus, IssuedDocumentView, ListIssuedDocuments
from contracts.identity.notices import ListNotices, MarkAllNoticesRead, NoticeView
from contracts.registry.commands import IssueEnrolmentCertificate
from contracts.registry.views import StudentView
from contracts.settings import ChangeSetting, ListSettings, RevokeSettingChange, SettingView
from gateway.to_do import ListToDo, WaitingForMe
from launcher.story.client import Client
from launcher.story.people import Person
from launcher.story.school import School
from launcher.story.stage import Stage, expect, must_be_refused, wait

_TOLD = {
    WithdrawalState.PENDING_FINANCE,
    WithdrawalState.ACADEMIC_REJECTED,
    WithdrawalState.FINANCE_REJECTED,
    WithdrawalState.REFUNDED,
}
"""Of which decisions the point hears: not of what it took back itself."""


def see_what_waits(stage: Stage, reviewer: Person, number: int) -> None:
    """The to-do list counts so many withdrawals, or more, and leads to them."""
    with stage.step(reviewer.title, "finds them on the to-do list") as step:
        list_: WaitingForMe = reviewer.send(ListToDo())
        [line] = [each for each in list_.items if each.state == WithdrawalState.PENDING_ACADEMIC]
        expect(line.count >= number, f"at least {number} wait", line)
        step.outcome = f"{line.count} at {line.href}"


def read_notices(stage: Stage, registrar: Person) -> None:
    """Every decision about the point's withdrawals was told, once."""
    with stage.step(registrar.title, "is told of every decision, once, and reads all") as step:
        query = ListNotices(workflow="withdrawal", unread_only=True)
        told: list[NoticeView] = wait(
            "notices of all decisions",
            lambda: list(registrar.client.pages(query)),
            lambda seen: {each.state for each in seen} >= {*_TOLD},
        )
        about = [(each.subject_id, each.state) for each in told]
        expect(len({*about}) == len(about), "nothing is told twice", about)
        registrar.send(MarkAllNoticesRead())
        expect(registrar.client.count(query) == 0, "all is read")
        step.outcome = f"{len(told)} notices"


def plan_a_setting(stage: Stage, cashier: Person) -> None:
    """A value that holds later changes nothing today, and can be taken back."""
    change, revoke = of_service("finance", ChangeSetting), of_service("finance", RevokeSettingChange)
    with stage.step(cashier.title, "plans other days of grace for next month, and takes that back") as step:
        grace = _grace(cashier)
        reason = "下学期试行"
        day = stage.day(30)
        planned: SettingView = cashier.send(
            change(name=grace.name, version=grace.version, value=30, effective_from=day, reason=reason)
        )
        expect(planned.value == grace.value, "what holds today stays", planned)
        [one] = [each for each in planned.planned if each.reason == reason and each.effective_from == day]
        after: SettingView = cashier.send(revoke(change_id=one.id, version=planned.version, reason="暂缓"))
        expect(one.id not in {each.id for each in after.planned}, "it is taken back", after)
        step.outcome = f"{after.value} {after.unit} hold"


def _grace(cashier: Person) -> SettingView:
    [grace] = [each for each in cashier.send(of_service("finance", ListSettings)()).items if each.name == "grace_days"]
    found: SettingView = grace
    return found


def certify(stage: Stage, school: School, student: StudentView) -> None:
    """A certificate is issued, and anybody who has it in hand may see whether it is genuine."""
    registrar = school.points[0].registrar
    with stage.step(registrar.title, "has a certificate of enrolment issued") as step:
        registrar.send_to_the_end(IssueEnrolmentCertificate(student_id=student.id))
        issued: IssuedDocumentView = next(
            registrar.client.pages(of_service("registry", ListIssuedDocuments)(student_id=student.id))
        )
        step.outcome = issued.number
    check = of_service("registry", CheckDocument)
    with stage.step("an employer", "without an account checks it, and one that nobody issued") as step:
        anybody = Client(stage.gateway_url)
        seen: CheckedDocument = anybody.send(check(number=issued.number, code=issued.code))
        expect(seen.status is DocumentStatus.VALID, "it is genuine and valid", seen)
        other = check(number=issued.number, code=issued.code[::-1])
        refused = must_be_refused(lambda: anybody.send(other), "document_not_found")
        step.outcome = f"{seen.title} of {seen.holder_name_masked}; {refused}"
