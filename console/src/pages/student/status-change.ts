import { choice } from "@/kit/contract";
import { detailPage } from "@/kit/detail/declare";

export default detailPage("registry.GetStatusChange", {
  title: (change) => choice("StatusChangeKind", change.kind),
  state: "state",
  tabs: [
    { facts: ["kind", "state", "reason", "from_on", "until_on", "voluntary", "requested_at"] },
    { timeline: "history" },
    { attachments: "registry.GetStatusChangeFile" },
  ],
});
