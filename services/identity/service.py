"""What identity does, a line each."""

from datetime import timedelta
from typing import ClassVar

from chassis.declaring.guards import Allowance, Beyond, Guard, Unguarded
from chassis.declaring.service import Service, command, copy, publishes, query, reaction, scheduled
from chassis.work.audit_heads import keeping_heads
from contracts.courses.events import CoursesTrailSealed
from contracts.enrollment.events import EnrollmentTrailSealed
from contracts.exams.events import ExamsTrailSealed
from contracts.finance.events import FinanceTrailSealed
from contracts.identity.events import IdentityTrailSealed, SchoolSettingState, TeachingPointState
from contracts.registry.events import RegistryTrailSealed, StudentState
from services.identity import jobs, reactions
from services.identity.commands import (
    accounts,
    avatars,
    bindings,
    delegations,
    notices,
    providers,
    second_factor,
    teaching_points,
    unified,
    users,
)
from services.identity.commands import sessions as session_commands
from services.identity.domain.settings import SETTINGS
from services.identity.queries import people as queries
from services.identity.queries import unified as unified_queries
from services.identity.tables import base, points
from services.identity.tables import users as user_tables

NOT_TO_BE_GUESSED = Unguarded("it takes a token that nobody guesses")
NO_SECRET = Unguarded("it is no secret")
STARTS = Guard(Allowance(600, timedelta(minutes=15), Beyond.WORK))
"""A whole school may stand behind one address; each start is a row for an hour."""


class Identity(Service):
    """Accounts, sessions, roles and teaching points."""

    name = "identity"
    metadata = base.metadata
    conflicts: ClassVar[dict[str, str]] = {
        "uq_users_username": "username_taken",
        "uq_teaching_points_code": "teaching_point_code_taken",
        "uq_sign_in_providers_name": "sign_in_provider_name_taken",
        "uq_user_bindings_subject": "subject_bound",
        "uq_user_bindings_user_id": "user_bound",
        "uq_delegations_open": "delegation_exists",
    }

    settings = SETTINGS
    trail_sealed = IdentityTrailSealed

    # sessions: nobody is signed in yet
    sign_in = command(session_commands.sign_in, as_system=True, guard=Unguarded("it counts wrong passwords alone"))
    refresh_session = command(session_commands.refresh_session, as_system=True, guard=NOT_TO_BE_GUESSED)
    sign_out = command(session_commands.sign_out, as_system=True, guard=NOT_TO_BE_GUESSED)
    get_sign_in_options = query(unified_queries.get_sign_in_options, as_system=True, guard=NO_SECRET)
    begin_unified_sign_in = command(unified.begin_unified_sign_in, as_system=True, outside=True, guard=STARTS)
    finish_unified_sign_in = command(
        unified.finish_unified_sign_in, as_system=True, outside=True, guard=NOT_TO_BE_GUESSED
    )
    # one's own account: its secrets are out of its own sight
    change_password = command(accounts.change_password, as_system=True)
    update_account = command(accounts.update_account, as_system=True)
    set_avatar = command(avatars.set_avatar, as_system=True)
    get_avatar = query(queries.get_avatar, as_system=True)
    end_sessions = command(accounts.end_sessions, as_system=True)
    get_account = query(queries.get_account, as_system=True)
    list_sessions = query(queries.list_sessions, as_system=True)
    get_bound_provider = query(unified_queries.get_bound_provider, as_system=True)
    # one's second factor
    enter_code = command(second_factor.enter_code, as_system=True)
    offer_second_factor = command(second_factor.offer_second_factor, as_system=True)
    set_up_second_factor = command(second_factor.set_up_second_factor, as_system=True)
    renew_recovery_codes = command(second_factor.renew_recovery_codes, as_system=True)
    remove_second_factor = command(second_factor.remove_second_factor, as_system=True)
    get_second_factor = query(queries.get_second_factor, as_system=True)
    # permissions for a time
    give_delegations = command(delegations.give_delegations, as_system=True)
    end_delegations = command(delegations.end_delegations, as_system=True)
    list_delegations = query(queries.list_delegations, as_system=True)
    list_colleagues = query(queries.list_colleagues, as_system=True)
    # teaching points
    create_teaching_point = command(teaching_points.create_teaching_point)
    update_point_information = command(teaching_points.update_point_information)
    rename_teaching_point = command(teaching_points.rename_teaching_point)
    disable_teaching_point = command(teaching_points.disable_teaching_point)
    enable_teaching_point = command(teaching_points.enable_teaching_point)
    list_teaching_points = query(queries.list_teaching_points)
    get_teaching_point = query(queries.get_teaching_point)
    # users
    create_user = command(users.create_user)
    update_user = command(users.update_user)
    remove_user = command(users.remove_user)
    disable_user = command(users.disable_user)
    enable_user = command(users.enable_user)
    issue_one_time_passwords = command(users.issue_one_time_passwords, idle=users.HASHED_WITHIN)
    forgive_failed_sign_ins = command(users.forgive_failed_sign_ins)
    reset_second_factor = command(second_factor.reset_second_factor)
    list_users = query(queries.list_users)
    get_user = query(queries.get_user)
    list_account_statements = query(queries.list_account_statements)
    # unified sign-in: providers, and whose account is whose there
    create_sign_in_provider = command(providers.create_sign_in_provider)
    update_sign_in_provider = command(providers.update_sign_in_provider)
    disable_sign_in_provider = command(providers.disable_sign_in_provider)
    enable_sign_in_provider = command(providers.enable_sign_in_provider)
    list_sign_in_providers = query(unified_queries.list_sign_in_providers)
    bind_user = command(bindings.bind_user)
    change_local_sign_in = command(bindings.change_local_sign_in)
    unbind_user = command(bindings.unbind_user)
    list_user_bindings = query(unified_queries.list_user_bindings)
    list_unbound_subjects = query(unified_queries.list_unbound_subjects)
    # notices: who is told depends on more than a kind of scope says
    mark_notices_read = command(notices.mark_notices_read, as_system=True)
    mark_all_notices_read = command(notices.mark_all_notices_read, as_system=True)
    list_notices = query(queries.list_notices, as_system=True)
    count_unread_notices = query(queries.count_unread_notices, as_system=True)
    on_courses_decided = reaction(reactions.on_courses_decided)
    on_enrollment_decided = reaction(reactions.on_enrollment_decided)
    on_finance_decided = reaction(reactions.on_finance_decided)
    on_registry_decided = reaction(reactions.on_registry_decided)
    # gateways
    list_revocations = query(queries.list_revocations, as_system=True)
    get_access_grants = query(queries.get_access_grants, as_system=True)
    get_token_key = query(queries.get_token_key, as_system=True, guard=NO_SECRET)

    on_student_state = reaction(reactions.on_student_state)
    on_registry_trail_sealed = reaction(keeping_heads(RegistryTrailSealed))
    on_courses_trail_sealed = reaction(keeping_heads(CoursesTrailSealed))
    on_enrollment_trail_sealed = reaction(keeping_heads(EnrollmentTrailSealed))
    on_finance_trail_sealed = reaction(keeping_heads(FinanceTrailSealed))
    on_exams_trail_sealed = reaction(keeping_heads(ExamsTrailSealed))
    students = copy(StudentState, user_tables.students)
    teaching_point_state = publishes(TeachingPointState, queries.teaching_point_items, points.teaching_points)

    school_setting_state = publishes(
        SchoolSettingState, queries.school_setting_items, base.metadata.tables["school_settings"]
    )

    retry_refused_accounts = scheduled(jobs.retry_refused_accounts, every=timedelta(minutes=1))
    end_expired_delegations = scheduled(jobs.end_expired_delegations, every=timedelta(minutes=1))
    seal_anew = scheduled(jobs.seal_anew, every=timedelta(seconds=30))


SERVICE = Identity
