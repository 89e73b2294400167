import { detailPage, related } from "@/kit/detail/declare";

export default detailPage("finance.GetBill", {
  title: (bill) => bill.number,
  state: "status",
  tabs: [
    {
      facts: [
        "number",
        { field: "student_number", link: "student_id" },
        { field: "student_name", link: "student_id" },
        { field: "course_code", link: "course_id" },
        { field: "course_name", link: "course_id" },
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
