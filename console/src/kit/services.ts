/**
 * Pages of what every service has for itself: the page shows one service at a time, which stands in its address.
 *
 *     export default serviceLists(auditList);                           // audit.ts
 */
import { defineComponent, h, type Component } from "vue";
import type { AnyList } from "@/kit/list/declare";
import ServiceLists from "@/kit/list/ServiceLists.vue";

export const SERVICES = ["identity", "registry", "courses", "finance", "exams"] as const;
export type Service = (typeof SERVICES)[number];

/** The page of a list that each service has: `list` is the one of a service. `Above` stands above it, and knows which. */
export function serviceLists(list: (service: Service) => AnyList, Above?: Component): Component {
  const lists = new Map(SERVICES.map((service) => [service, list(service)]));
  const slots = Above && { default: ({ service }: { service: Service }) => h(Above, { service }) };
  return defineComponent({ name: "service lists", setup: () => () => h(ServiceLists, { lists }, slots) });
}
