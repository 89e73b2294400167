import { exporting, opening } from "@/kit/actions";
import { listPage } from "@/kit/list/declare";
import { decisions } from "./decisions";

export default listPage("enrollment.ListApplications", {
  columns: [
    "number",
    "name",
    "id_number_masked",
    "teaching_point_name",
    "level",
    "major_name",
    "state",
    "prior_check",
    "student_number",
    "sent_at",
    { field: "gender", hidden: true },
    { field: "intake", hidden: true },
    { field: "student_type", hidden: true },
    { field: "student_source", hidden: true },
    { field: "major_code", hidden: true },
    { field: "schooling_length", hidden: true },
    { field: "admission_round_id", hidden: true },
  ],
  filters: [
    "number",
    "name",
    "state",
    "admission_round_id",
    "intake",
    "level",
    "student_type",
    "student_source",
    "major_code",
    "schooling_length",
    "teaching_point_id",
    "prior_check",
  ],
  open: "enrollment.GetApplication",
  actions: [opening("enrollment.EnterApplication"), ...decisions, exporting("enrollment.ExportApplications")],
  empty: "还没有报名表。教学点在招生批次开放期间录入报名表后，报名表会出现在这里。",
});
