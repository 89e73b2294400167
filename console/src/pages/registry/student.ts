import { command } from "@/kit/actions";
import type { Answer } from "@/kit/contract";
import { detailPage, related } from "@/kit/detail/declare";

type Student = Answer<"registry.GetStudent">;

const isActive = ({ status, status_change_open }: Student) => status === "active" && !status_change_open;
const isSuspended = ({ status, status_change_open }: Student) => status === "suspended" && !status_change_open;

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
      columns: ["course_code", "course_name", "state", "selected_at"],
    }),
    related("finance.ListBills", {
      by: { student_id: "id" },
      columns: ["number", "course_name", "kind", "amount", "status", "issued_at"],
      open: "finance.GetBill",
    }),
    related("registry.ListStatusChanges", {
      by: { student_id: "id" },
      columns: ["kind", "state", "reason", "requested_at"],
    }),
    { trail: "registry" },
  ],
  actions: [
    command("registry.ChangeContact", { preset: ({ contact }: Student) => ({ contact }) }),
    command("registry.RecordDegreeIntent"),
    command("registry.SuspendStudent", { when: isActive }),
    command("registry.ResumeStudent", { when: isSuspended }),
    command("registry.TransferStudent", { when: isActive }),
    command("registry.RemoveStudent", { when: (each: Student) => isActive(each) || isSuspended(each), danger: true }),
    command("registry.IssueEnrolmentCertificate"),
  ],
});
