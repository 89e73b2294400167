import { detailPage } from "@/kit/detail/declare";
import { completing, discarding } from "./handling";

export default detailPage("enrollment.GetSignup", {
  title: ({ name }) => name,
  state: "state",
  tabs: [
    {
      facts: [
        "name",
        "mobile",
        "wished_major",
        "state",
        { field: "teaching_point_name", link: "teaching_point_id" },
        "signed_up_at",
        "ended_at",
        "application_id",
        "reason",
      ],
    },
    { timeline: "history" },
    { trail: "enrollment" },
  ],
  actions: [completing, discarding],
});
