import { listPage } from "@/kit/list/declare";
import { discarding } from "./handling";

export default listPage("enrollment.ListSignups", {
  columns: ["name", "mobile", "wished_major", "state", "signed_up_at", "teaching_point_name"],
  filters: ["search", "state", "teaching_point_id"],
  open: "enrollment.GetSignup",
  actions: [discarding],
  empty: "还没有在线报名。有人在“在线报名”页面选择教学点后，报名会出现在这里。",
});
