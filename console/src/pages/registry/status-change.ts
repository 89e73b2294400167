import { command } from "@/kit/actions";
import { choice, type Answer } from "@/kit/contract";
import { detailPage } from "@/kit/detail/declare";
import { decisions } from "./decisions";

type Change = Answer<"registry.GetStatusChange">;

export default detailPage("registry.GetStatusChange", {
  title: (change) => `${choice("StatusChangeKind", change.kind)} ${change.student_number} ${change.student_name}`,
  state: "state",
  tabs: [
    {
      facts: [
        "student_number",
        "student_name",
        "student_id",
        "kind",
        "state",
        "reason",
        "from_on",
        "until_on",
        "from_teaching_point_id",
        "to_teaching_point_id",
        "voluntary",
        "waiting_for_bills",
        "requested_at",
      ],
    },
    { timeline: "history" },
    { attachments: "registry.GetStatusChangeFile" },
    { trail: "registry" },
  ],
  actions: [
    ...decisions,
    command("registry.AddStatusChangeFiles", {
      when: ({ state }: Change) => state === "first_review_passed",
      preset: () => ({ attachments: [] }),
    }),
  ],
});
