import { listOf } from "@/kit/list/declare";
import { serviceLists } from "@/kit/list/by-service";

export default serviceLists((service) =>
  listOf(`${service}.ListErasures`, {
    columns: ["on", "object_type", "number", "blanked"],
    filters: ["since", "until"],
    key: "on",
    title: "到期清除记录",
    empty: "还没有资料因超过保存期限而被清除。",
  }),
);
