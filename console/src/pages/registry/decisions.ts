/** What is decided about status changes, one by one or many together. */
import { bulk } from "@/kit/actions";
import type { Row } from "@/kit/contract";

type Change = Row<"registry.ListStatusChanges">;

const isInReview = ({ state }: Change) => state === "first_review_passed";
const isOpen = (change: Change) => isInReview(change) || change.state === "pending_clearance";

export const decisions = [
  bulk("registry.ApproveStatusChanges", { ids: "status_change_ids", title: "审核通过", when: isInReview }),
  bulk("registry.RejectStatusChanges", { ids: "status_change_ids", title: "审核驳回", when: isInReview, danger: true }),
  bulk("registry.RevokeStatusChanges", { ids: "status_change_ids", title: "撤销", when: isOpen, danger: true }),
];
