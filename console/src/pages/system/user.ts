import { bulk, command } from "@/kit/actions";
import type { Answer } from "@/kit/contract";
import { detailPage } from "@/kit/detail/declare";

type User = Answer<"identity.GetUser">;

export default detailPage("identity.GetUser", {
  title: (user) => `${user.username} ${user.name}`,
  state: "status",
  tabs: [
    {
      facts: [
        "username",
        "name",
        "gender",
        "mobile",
        "email",
        "position",
        { field: "teaching_point_name", link: "teaching_point_id" },
        "student_id",
        "status",
        "first_steps",
        "second_factor",
        "last_signed_in_at",
        "roles",
      ],
    },
    { trail: "identity" },
  ],
  actions: [
    command("identity.UpdateUser"),
    bulk("identity.IssueOneTimePasswords", { ids: "user_ids" }),
    bulk("identity.ForgiveFailedSignIns", { ids: "user_ids" }),
    command("identity.ResetSecondFactor", {
      when: ({ second_factor }: User) => second_factor === "set_up",
      danger: true,
    }),
    command("identity.DisableUser", { when: ({ status }: User) => status === "enabled", danger: true }),
    command("identity.EnableUser", { when: ({ status }: User) => status === "disabled" }),
    command("identity.RemoveUser", { danger: true }),
  ],
});
