import { command } from "@/kit/actions";
import { listPage } from "@/kit/list/declare";
import { NOTHING } from "@/kit/text/show";

const joined = (parts: readonly (string | null | undefined)[]) => parts.filter(Boolean).join("") || NOTHING;

export default listPage("identity.ListTeachingPoints", {
  columns: [
    "code",
    "name",
    "status",
    "user_count",
    {
      field: "information",
      show: ({ information: { address } }) =>
        joined([address?.province, address?.city, address?.district, address?.street]),
    },
  ],
  filters: ["search", "status"],
  open: "identity.GetTeachingPoint",
  actions: [command("identity.CreateTeachingPoint")],
  empty: "还没有教学点，请先新增教学点，再为其新增用户。",
});
