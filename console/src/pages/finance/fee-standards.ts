import { command } from "@/kit/actions";
import { listPage } from "@/kit/list/declare";

export default listPage("finance.ListFeeStandards", {
  columns: [
    "education_level",
    "kind",
    "amount",
    { field: "student_type", show: ({ student_type }) => student_type ?? "全部" },
    { field: "student_source", show: ({ student_source }) => student_source ?? "全部" },
    "valid_from",
    { field: "valid_until", show: ({ valid_until }) => valid_until ?? "长期" },
  ],
  filters: ["education_level", "kind", "on"],
  actions: [command("finance.CreateFeeStandard")],
  each: [
    command("finance.EndFeeStandard", { title: "终止" }),
    command("finance.DeleteFeeStandard", { title: "删除", danger: true }),
  ],
  empty: "新增收费标准后，选课和补考才能生成缴费单。",
});
