import { exporting, importing, opening } from "@/kit/actions";
import { listPage } from "@/kit/list/declare";
import { admitting, rejecting, resending, withdrawing } from "./decisions";

export default listPage("enrollment.ListApplications", {
  columns: [
    "number",
    "name",
    "state",
    "student_number",
    "level",
    "major_name",
    "prior_check",
    "teaching_point_name",
    "sent_at",
    { field: "id_number_masked", hidden: true },
    { field: "gender", hidden: true },
    { field: "intake", hidden: true },
    { field: "student_type", hidden: true },
    { field: "student_source", hidden: true },
    { field: "major_code", hidden: true },
    { field: "schooling_length", hidden: true },
    { field: "admission_round_id", hidden: true },
  ],
  filters: [
    "search",
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
  actions: [
    opening("enrollment.EnterApplication"),
    importing("enrollment.ImportApplications"),
    admitting,
    rejecting,
    resending,
    withdrawing,
    exporting("enrollment.ExportApplications"),
  ],
  empty: "还没有报名表。教学点在招生批次开放期间录入报名表后，报名表会出现在这里。",
});
