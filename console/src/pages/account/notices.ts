import { bulk } from "@/kit/actions";
import { listOf } from "@/kit/list/declare";

export const noticeList = listOf("identity.ListNotices", {
  columns: [
    { field: "message", about: ({ workflow, subject_id }) => [workflow, subject_id], wide: true },
    "workflow",
    "number",
    { field: "student_number", link: "student_id" },
    { field: "student_name", link: "student_id" },
    "told_at",
    "read",
  ],
  filters: ["workflow", "unread_only"],
  actions: [bulk("identity.MarkNoticesRead", { ids: "notice_ids" })],
  empty: "审核结果等通知显示在这里，保留 180 天。",
});
