import { bulk } from "@/kit/actions";
import type { Answer } from "@/kit/contract";
import { detailPage, related } from "@/kit/detail/declare";

type Selection = Answer<"courses.GetSelection">;

export default detailPage("courses.GetSelection", {
  title: ({ student_name, course_name }) => `${student_name} ${course_name}`,
  state: "state",
  waits: ({ state }) => state === "closing",
  tabs: [
    {
      facts: [
        "student_number",
        "student_name",
        "teaching_point_id",
        "course_code",
        "course_name",
        "credits",
        "selection_round_id",
        "exam_round_id",
        "state",
        "withdrawal_state",
        "learning_open",
        "selected_at",
        "due_at",
        "closing_reason",
        "refusal",
        "bills",
      ],
    },
    related("courses.ListWithdrawals", {
      title: "退课申请",
      by: { student_id: "student_id", course_id: "course_id" },
      columns: ["requested_at", "state", "reason", "amount"],
      open: "courses.GetWithdrawal",
      empty: "这门课程没有退课申请。",
    }),
    { trail: "courses" },
  ],
  actions: [
    bulk("courses.CancelSelections", {
      ids: "selection_ids",
      when: ({ state }: Selection) => state === "pending_payment",
      danger: true,
    }),
    bulk("courses.RequestWithdrawals", {
      ids: "selection_ids",
      when: ({ state }: Selection) => state === "selected",
    }),
  ],
});
