/** What the school and the point decide about forms, in a list about many and on a form's page about the one. */
import { bulk } from "@/kit/actions";
import type { Row } from "@/kit/contract";

type Application = Row<"enrollment.ListApplications">;

const ids = "application_ids";
const isIn =
  (...states: Application["state"][]) =>
  ({ state }: Application) =>
    states.includes(state);

/** Whether the point may still correct a form. */
export const isOpen = isIn("first_review_passed", "rejected");
/** Whether the national verification may still say something: it often comes after the admission. */
export const isChecked = isIn("first_review_passed", "rejected", "admitted");

export const admitting = bulk("enrollment.AdmitApplications", { ids, when: isIn("first_review_passed") });
export const rejecting = bulk("enrollment.RejectApplications", { ids, when: isIn("first_review_passed") });
export const cancelling = bulk("enrollment.CancelAdmissions", { ids, when: isIn("admitted"), danger: true });
export const resending = bulk("enrollment.ResendApplications", {
  ids,
  title: "重新提交",
  when: isIn("rejected"),
});
export const withdrawing = bulk("enrollment.WithdrawApplications", {
  ids,
  title: "撤回",
  when: isOpen,
  danger: true,
});
