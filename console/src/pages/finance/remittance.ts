import { command } from "@/kit/actions";
import type { Answer } from "@/kit/contract";
import { detailPage, related } from "@/kit/detail/declare";
import ReceiptTab from "./slip/ReceiptTab.vue";

type Slip = Answer<"finance.GetRemittance">;

const isPending = ({ state }: Slip) => state === "pending";
const isOver = ({ state }: Slip) => state === "rejected" || state === "revoked";

export default detailPage("finance.GetRemittance", {
  title: (slip) => slip.number,
  state: "state",
  tabs: [
    {
      facts: [
        "number",
        "teaching_point_id",
        "amount",
        "bill_count",
        "payer_name",
        "remitted_on",
        "received_amount",
        "received_on",
        "bank_reference",
        "note",
        "created_at",
        "reviewed_at",
      ],
    },
    { title: "汇款凭证", own: ReceiptTab },
    related("finance.ListBills", {
      by: { remittance_id: "id" },
      columns: ["number", "student_number", "student_name", "course_name", "kind", "amount", "status"],
      open: "finance.GetBill",
    }),
    { timeline: "history" },
    { trail: "finance" },
  ],
  actions: [
    command("finance.ApproveRemittance", { when: isPending }),
    command("finance.RejectRemittance", { when: isPending, danger: true }),
    command("finance.BookLateRemittance", { when: isOver }),
    command("finance.AttachReceipt", { when: isPending }),
    command("finance.PrintRemittanceSlip"),
    command("finance.RevokeRemittance", { when: isPending, danger: true }),
  ],
});
