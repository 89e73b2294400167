/** What is done about messages that did not get where they should. */
import { bulk } from "@/kit/actions";
import type { Row } from "@/kit/contract";
import type { Service } from "@/kit/services";

type Message = Row<"identity.ListParkedMessages">;

/** Of a service's messages that came and were not handled. */
export const parkedActions = (service: Service) => [
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
];

/** Of a service's messages that it could not send. */
export const returnedActions = (service: Service) => [
  bulk(`${service}.ReplayMessages`, { ids: "message_ids", title: "立即重发" }),
  bulk(`${service}.DropMessages`, { ids: "message_ids", title: "放弃发送", danger: true }),
];
