import { bulk } from "@/kit/actions";
import { listPage } from "@/kit/list/declare";

export default listPage("exams.ListRegistrations", {
  columns: [
    "student_number",
    { field: "student_name", link: "student_id" },
    "course_name",
    { field: "exam_round_code", link: "exam_round_id" },
    { field: "resit_of", show: ({ resit_of }) => (resit_of ? "补考" : "首次") },
    "exam_kind",
    "session_name",
    "starts_at",
    "state",
    { field: "ended_by", hidden: true },
    { field: "course_code", hidden: true },
    { field: "teaching_point_id", hidden: true },
    { field: "registered_at", hidden: true },
  ],
  filters: ["search", "exam_round_id", "course_id", "state", "exam_kind", "resits", "teaching_point_id"],
  open: "exams.GetRegistration",
  actions: [
    bulk("exams.RegisterResits", { ids: "registration_ids" }),
    bulk("exams.CancelResits", { ids: "registration_ids", danger: true }),
  ],
  empty: "学生缴清考试费后自动报考；未通过或缺考的，由教学点办理补考报考。",
});
