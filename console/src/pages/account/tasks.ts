import { listPage } from "@/kit/list/declare";
import { shownFigures } from "@/kit/tasks/figures";

export default listPage("gateway.ListAllTasks", {
  columns: [
    "kind",
    "state",
    { field: "figures", show: ({ figures }) => shownFigures(figures) },
    "created_at",
    "finished_at",
    { field: "service", hidden: true },
  ],
  filters: ["kind", "state"],
  open: "gateway.GetTask",
  empty: "导入、导出、批量开具和打印等任务的进度与结果显示在这里。",
});
