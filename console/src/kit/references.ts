/**
 * What an id points to: the list that it is picked from, the page of the one, and how a row is called. A field's
 * `reference` (`course_id` → `course`) and a workflow's name are its keys. A test finds those that have none.
 */
import type { RouteLocationRaw } from "vue-router";
import { choice, type AnyRow, type ListName, type Name } from "./contract";
import { shownMoney } from "./text/show";

export interface Reference {
  /** The list that it is picked from. */
  list?: ListName;
  /** The list's filter that a text is looked for by; without it the beginning of the list is offered. */
  search?: string;
  /** The page of the one. */
  one?: Name;
  /** The parameter of that page. */
  param?: string;
  /** How a row is called. */
  called: (row: AnyRow) => string;
}

const text = (value: unknown) => (value === null || value === undefined ? "" : String(value));
const by =
  (...fields: string[]) =>
  (row: AnyRow) =>
    fields
      .map((field) => text(row[field]))
      .filter(Boolean)
      .join(" ");

function reference(
  thing: string,
  list: ListName,
  one: Name | undefined,
  search: string | undefined,
  called: Reference["called"],
) {
  return { list, one, search, called, param: `${thing}_id` };
}

/** `本科学分费 110.00 元，2026-01-01 起`. */
const calledStandard = ({ education_level, kind, amount, valid_from }: AnyRow) =>
  `${choice("EducationLevel", text(education_level))}${choice("FeeKind", text(kind))} ` +
  `${shownMoney(text(amount))} 元，${text(valid_from)} 起`;
/** Until when a refund rule holds, in words. */
export const withinDays = (days: unknown) => (typeof days === "number" ? `缴费后 ${days} 天内` : "不限天数");
/** `学分费，缴费后 30 天内`. */
const calledRule = ({ kind, within_days }: AnyRow) => `${choice("FeeKind", text(kind))}，${withinDays(within_days)}`;

const named = by("name");
const coded = by("code", "name");

export const REFERENCES: Readonly<Record<string, Reference>> = {
  student: reference("student", "registry.ListStudents", "registry.GetStudent", "name", by("student_number", "name")),
  teaching_point: reference(
    "teaching_point",
    "identity.ListTeachingPoints",
    "identity.GetTeachingPoint",
    "search",
    coded,
  ),
  user: reference("user", "identity.ListUsers", "identity.GetUser", "search", by("username", "name")),
  receiver: reference("user", "identity.ListColleagues", undefined, "search", by("username", "name", "position")),
  course: reference("course", "courses.ListCourses", "courses.GetCourse", "search", coded),
  programme: reference("programme", "courses.ListProgrammes", "courses.GetProgramme", "search", coded),
  selection_round: reference(
    "selection_round",
    "courses.ListSelectionRounds",
    "courses.GetSelectionRound",
    undefined,
    coded,
  ),
  selection: reference(
    "selection",
    "courses.ListSelections",
    "courses.GetSelection",
    "search",
    by("student_number", "student_name", "course_name"),
  ),
  withdrawal: reference(
    "withdrawal",
    "courses.ListWithdrawals",
    "courses.GetWithdrawal",
    "search",
    by("student_number", "student_name", "course_name"),
  ),
  // Finance's side of a withdrawal, known by the withdrawal's id.
  withdrawal_review: reference(
    "withdrawal",
    "finance.ListWithdrawalReviews",
    "finance.GetWithdrawalReview",
    "search",
    by("student_number", "student_name", "course_name"),
  ),
  exam_round: reference("exam_round", "exams.ListExamRounds", "exams.GetExamRound", undefined, coded),
  registration: reference(
    "registration",
    "exams.ListRegistrations",
    "exams.GetRegistration",
    "search",
    by("student_number", "student_name", "course_name"),
  ),
  bill: reference("bill", "finance.ListBills", "finance.GetBill", "search", by("number", "student_name")),
  remittance: reference(
    "remittance",
    "finance.ListRemittances",
    "finance.GetRemittance",
    "search",
    by("number", "payer_name"),
  ),
  fee_standard: reference("fee_standard", "finance.ListFeeStandards", undefined, undefined, calledStandard),
  refund_rule: reference("refund_rule", "finance.ListRefundRules", undefined, undefined, calledRule),
  refund: reference("refund", "finance.ListRefunds", undefined, undefined, by("number")),
  status_change: reference(
    "status_change",
    "registry.ListStatusChanges",
    "registry.GetStatusChange",
    undefined,
    by("student_number", "student_name"),
  ),
  admission_round: reference(
    "admission_round",
    "enrollment.ListAdmissionRounds",
    "enrollment.GetAdmissionRound",
    undefined,
    coded,
  ),
  application: reference(
    "application",
    "enrollment.ListApplications",
    "enrollment.GetApplication",
    "search",
    by("number", "name"),
  ),
  signup: reference("signup", "enrollment.ListSignups", "enrollment.GetSignup", "search", by("name", "mobile")),
  sign_in_provider: reference("sign_in_provider", "identity.ListSignInProviders", undefined, undefined, named),
  user_binding: reference(
    "user_binding",
    "identity.ListUserBindings",
    undefined,
    "search",
    by("username", "name", "subject"),
  ),
  term: reference("term", "courses.ListTerms", undefined, undefined, named),
};

/** Where a name of a field or workflow is another than the thing's. */
const ALIASES: Readonly<Record<string, string>> = {
  from_teaching_point: "teaching_point",
  to_teaching_point: "teaching_point",
  merged_into: "teaching_point",
  actor: "user",
  requested_by: "user",
  decided_by: "user",
  created_by: "user",
  reviewed_by: "user",
  entered_by: "user",
  exam_registration: "registration",
  held_by_withdrawal: "withdrawal",
  absent: "registration",
  resit_of: "registration",
};

/** Ids that people do not pick: they come with a page's row, or stand in an address that leads to them. */
export const NOT_PICKED: Readonly<Record<string, string>> = {
  object: "whatever an audit entry is about",
  correlation: "one request, found from another entry",
  transaction: "one posting, found from its entry",
  delegation: "ended where it is listed",
  notice: "ticked in the tray",
  message: "ticked in the list of messages",
  session: "of an exam round or of one's own account, on the page of which they are",
  replaces: "a document of the student, chosen on the student's page",
};

/** What a reference points to; undefined where the console has no page and no list for it. */
export const referenceOf = (name: string | undefined): Reference | undefined =>
  name === undefined ? undefined : REFERENCES[ALIASES[name] ?? name];

const ANY_NAME = by("number", "code", "student_number", "username", "name", "student_name", "course_name");

/** What a row is called in a sentence about it. `ids` are fields that name it, as `bill_id` or `bill_ids`. */
export function calledBy(ids: readonly string[], row: AnyRow): string {
  const [found] = ids.flatMap((id) => referenceOf(id.replace(/_ids?$/, "")) ?? []);
  return found?.called(row) || ANY_NAME(row);
}

/** The thing that rows of a table are, as audit entries call them: `students` → `student`. */
export const thingOf = (table: string) => table.replace(/s$/, "");

/** The address of what an id points to; undefined where it has no page. */
export function linkTo(name: string | undefined, id: unknown): RouteLocationRaw | undefined {
  const found = referenceOf(name);
  return found?.one && found.param && id ? { name: found.one, params: { [found.param]: String(id) } } : undefined;
}
