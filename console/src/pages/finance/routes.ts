import { page } from "@/kit/pages";

export const routes = [
  page("/finance/bills", "finance.ListBills", () => import("./bills")),
  page("/finance/bills/:bill_id", "finance.GetBill", () => import("./bill")),
];
