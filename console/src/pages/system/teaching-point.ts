import { command } from "@/kit/actions";
import type { Answer } from "@/kit/contract";
import { detailPage, related } from "@/kit/detail/declare";
import { rolesOf } from "./roles";

type Point = Answer<"identity.GetTeachingPoint">;

export default detailPage("identity.GetTeachingPoint", {
  title: (point) => `${point.code} ${point.name}`,
  state: "status",
  tabs: [
    { facts: ["code", "name", "status", "user_count", "information", "former_names"] },
    related("identity.ListUsers", {
      by: { teaching_point_id: "id" },
      columns: ["username", "name", { field: "roles", show: rolesOf }, "status", "last_signed_in_at"],
      filters: ["search", "role", "status"],
      open: "identity.GetUser",
      empty: "本教学点还没有用户。",
    }),
    { trail: "identity" },
  ],
  actions: [
    command("identity.UpdatePointInformation"),
    command("identity.RenameTeachingPoint"),
    command("identity.DisableTeachingPoint", { when: ({ status }: Point) => status === "enabled", danger: true }),
    command("identity.EnableTeachingPoint", { when: ({ status }: Point) => status === "disabled" }),
  ],
});
