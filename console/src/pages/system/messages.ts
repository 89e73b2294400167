import { choice } from "@/kit/contract";
import { serviceLists } from "@/kit/list/by-service";
import { listOf } from "@/kit/list/declare";
import { parkedActions } from "./repairing";
import ReturnedMessages from "./ReturnedMessages.vue";

const UNKNOWN = "unknown"; // of what is no event

export default serviceLists(
  (service) =>
    listOf(`${service}.ListParkedMessages`, {
      columns: [
        { field: "type", show: ({ type }) => (type === UNKNOWN ? "无法识别" : choice("ParkedMessageView.type", type)) },
        "state",
        { field: "refusal", show: ({ refusal }) => refusal.message, wide: true },
        "detail",
        "attempts",
        "received_at",
        "next_at",
        { field: "replayable", hidden: true },
        { field: "event_version", hidden: true },
        { field: "sender", hidden: true },
        { field: "exchange", hidden: true },
        { field: "routing_key", hidden: true },
      ],
      filters: ["state", "type"],
      actions: parkedActions(service),
      title: "消息故障",
      empty: "没有未处理的消息：各服务之间的消息都已送达并处理。",
    }),
  ReturnedMessages,
);
