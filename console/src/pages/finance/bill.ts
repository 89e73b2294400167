import { detailPage, related } from "@/kit/detail/declare";

export default detailPage("finance.GetBill", {
  title: (bill) => bill.number,
  state: "status",
  tabs: [
    {
      facts: [
        "number",
        "student_number",
        "student_name",
        "student_id",
        "course_code",
        "course_name",
        "kind",
        "amount",
        "refunded_amount",
        "status",
        "method",
        "remittance_id",
        "issued_at",
        "paid_at",
        "grace_until",
        "intake",
        "level",
        "student_type",
        "major_code",
        "schooling_length",
      ],
    },
    { timeline: "history" },
    related("finance.ListLedgerEntries", {
      by: { bill_id: "id" },
      columns: ["posted_at", "posting", "account", "amount"],
    }),
    { trail: "finance" },
  ],
});
