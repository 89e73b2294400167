import { command, opening } from "@/kit/actions";
import type { Answer } from "@/kit/contract";
import { detailPage, related } from "@/kit/detail/declare";
import { documentActions } from "./document-actions";

type Student = Answer<"registry.GetStudent">;

const isActive = ({ status, status_change_open }: Student) => status === "active" && !status_change_open;
const isSuspended = ({ status, status_change_open }: Student) => status === "suspended" && !status_change_open;

const isEnrolled = ({ status }: Student) => status === "active" || status === "suspended";

export default detailPage("registry.GetStudent", {
  title: (student) => `${student.student_number} ${student.name}`,
  state: "status",
  tabs: [
    {
      facts: [
        "student_number",
        "name",
        "gender",
        "birth_on",
        "ethnicity",
        "political_status",
        "id_kind",
        "id_number",
        { field: "teaching_point_name", link: "teaching_point_id" },
        "programme_id",
        "intake",
        "level",
        "student_type",
        "student_source",
        "major_code",
        "major_name",
        "schooling_length",
        "enrolled_on",
        "degree_intent",
        "status",
        "confirmation",
        "account_refusal",
        "contact",
        "prior_education",
      ],
    },
    related("courses.ListSelections", {
      by: { student_id: "id" },
      columns: ["course_code", "course_name", "credits", "state", "withdrawal_state", "selected_at"],
      open: "courses.GetSelection",
      empty: "该学生还没有选课。",
    }),
    related("courses.ListWithdrawals", {
      by: { student_id: "id" },
      columns: ["course_code", "course_name", "state", "reason", "requested_at"],
      open: "courses.GetWithdrawal",
      empty: "该学生没有退课申请。",
    }),
    related("finance.ListBills", {
      by: { student_id: "id" },
      columns: ["number", "course_name", "kind", "amount", "status", "issued_at"],
      open: "finance.GetBill",
      empty: "学生选课后，缴费单会自动生成。",
    }),
    related("exams.ListRegistrations", {
      by: { student_id: "id" },
      columns: ["course_code", "course_name", "exam_round_code", "exam_kind", "session_name", "starts_at", "state"],
      open: "exams.GetRegistration",
      empty: "课程缴费后会自动报考。",
    }),
    related("registry.ListStatusChanges", {
      by: { student_id: "id" },
      columns: ["kind", "state", "reason", "requested_at"],
      open: "registry.GetStatusChange",
      empty: "没有学籍异动。休学、复学、转教学点、退学在本页右上角申请。",
    }),
    related("registry.ListIssuedDocuments", {
      by: { student_id: "id" },
      columns: ["number", "document", "status", "issued_at"],
      each: documentActions,
      empty: "还没有为该学生开具过证明。",
    }),
    { trail: "registry" },
  ],
  actions: [
    opening("courses.GetPlan", { title: "培养方案与选课" }),
    opening("courses.RequestWithdrawals", { title: "申请退课", query: ({ id }: Student) => ({ student: id }) }),
    command("registry.ChangeContact", { preset: ({ contact }: Student) => ({ contact }) }),
    command("registry.RecordDegreeIntent"),
    command("registry.SuspendStudent", { title: "申请休学", when: isActive }),
    command("registry.ResumeStudent", { title: "申请复学", when: isSuspended }),
    command("registry.TransferStudent", { title: "申请转教学点", when: isActive }),
    command("registry.RemoveStudent", {
      title: "申请退学",
      when: (each: Student) => isActive(each) || isSuspended(each),
      danger: true,
    }),
    command("registry.IssueEnrolmentCertificate", { when: isEnrolled, hidden: ["replaces_id"] }),
  ],
});
