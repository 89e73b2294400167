import { detailPage } from "@/kit/detail/declare";

export default detailPage("finance.GetBill", {
  title: (bill) => bill.number,
  state: "status",
  tabs: [
    {
      facts: [
        "number",
        "course_code",
        "course_name",
        "kind",
        "amount",
        "refunded_amount",
        "status",
        "method",
        "issued_at",
        "paid_at",
      ],
    },
    { timeline: "history" },
  ],
});
