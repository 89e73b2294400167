import { bulk } from "@/kit/actions";
import { choice, type Row } from "@/kit/contract";
import { listPage } from "@/kit/list/declare";

/** How it is sat, and whether once more. */
const kindOf = ({ exam_kind, resit_of }: Row<"exams.ListRegistrations">) =>
  choice("ExamKind", exam_kind) + (resit_of ? "（补考）" : "");

export default listPage("exams.ListRegistrations", {
  columns: [
    "student_number",
    { field: "student_name", link: "student_id" },
    "course_name",
    { field: "exam_round_code", link: "exam_round_id" },
    { field: "exam_kind", show: kindOf },
    "session_name",
    "starts_at",
    "state",
    { field: "ended_by", hidden: true },
    { field: "course_code", hidden: true },
    { field: "teaching_point_id", hidden: true },
    { field: "registered_at", hidden: true },
  ],
  filters: ["search", "exam_round_id", "course_id", "state", "exam_kind", "resits", "teaching_point_id"],
  waits: ({ state }) => state === "closing",
  open: "exams.GetRegistration",
  actions: [
    bulk("exams.RegisterResits", { ids: "registration_ids" }),
    bulk("exams.CancelResits", { ids: "registration_ids", danger: true }),
  ],
  empty: "学生缴清考试费后自动报考；未通过或缺考的，由教学点办理补考报考。",
});
