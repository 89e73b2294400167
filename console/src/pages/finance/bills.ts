import { bulk, exporting } from "@/kit/actions";
import { listPage } from "@/kit/list/declare";
import SlipDrawer from "./slip/SlipDrawer.vue";

export default listPage("finance.ListBills", {
  columns: [
    "number",
    { field: "student_number", link: "student_id" },
    { field: "student_name", link: "student_id" },
    "course_name",
    "kind",
    "amount",
    "status",
    "issued_at",
    "paid_at",
    { field: "intake", hidden: true },
    { field: "level", hidden: true },
    { field: "major_code", hidden: true },
    { field: "method", hidden: true },
    { field: "refunded_amount", hidden: true },
  ],
  filters: [
    "search",
    "status",
    "kind",
    "intake",
    "level",
    "student_type",
    "major_code",
    "schooling_length",
    "teaching_point_id",
    "course_id",
  ],
  open: "finance.GetBill",
  actions: [
    bulk("finance.CreateRemittance", { ids: "bill_ids", drawer: SlipDrawer }),
    exporting("finance.ExportBills"),
  ],
  empty: "学生选课后，缴费单会自动生成。",
});
