import { bulk } from "@/kit/actions";
import type { Row } from "@/kit/contract";
import { serviceLists } from "@/kit/list/by-service";
import { listOf } from "@/kit/list/declare";
import ReturnedMessages from "./ReturnedMessages.vue";

type Message = Row<"identity.ListParkedMessages">;

export default serviceLists(
  (service) =>
    listOf(`${service}.ListParkedMessages`, {
      columns: [
        "type",
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
      actions: [
        bulk(`${service}.ReplayMessages`, {
          ids: "message_ids",
          title: "重新处理",
          when: ({ replayable }: Message) => replayable,
        }),
        bulk(`${service}.DropMessages`, {
          ids: "message_ids",
          title: "放弃",
          when: ({ state }: Message) => state !== "waiting",
          danger: true,
        }),
      ],
      title: "消息故障",
      empty: "没有未处理的消息：各服务之间的消息都已送达并处理。",
    }),
  ReturnedMessages,
);
