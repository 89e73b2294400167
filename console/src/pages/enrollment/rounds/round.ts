import { command } from "@/kit/actions";
import type { Answer } from "@/kit/contract";
import { detailPage, related } from "@/kit/detail/declare";
import RoundPoints from "./RoundPoints.vue";

type Round = Answer<"enrollment.GetAdmissionRound">;

export default detailPage("enrollment.GetAdmissionRound", {
  title: ({ code, name }) => `${code} ${name}`,
  state: "status",
  tabs: [
    { facts: ["code", "name", "status", "intake", "levels", "opens_at", "closes_at", "review_closes_at"] },
    { title: "参加的教学点", own: RoundPoints },
    related("enrollment.ListApplications", {
      by: { admission_round_id: "id" },
      columns: ["number", "name", "teaching_point_name", "level", "major_name", "state", "sent_at"],
      filters: ["state", "level", "teaching_point_id"],
      open: "enrollment.GetApplication",
      empty: "这个批次还没有报名表。",
    }),
    { trail: "enrollment" },
  ],
  actions: [
    command("enrollment.PublishAdmissionRound", { when: ({ status }: Round) => status === "draft" }),
    command("enrollment.UpdateAdmissionRound"),
  ],
});
