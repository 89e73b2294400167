/**
 * The page of a list that every service has for itself: it shows one service at a time, which stands in its address.
 *
 *     page(`/system/audit/${SERVICE_PARAM}`, …)      // routes.ts
 *     export default serviceLists(auditList);        // audit.ts
 */
import { defineComponent, h, type Component } from "vue";
import { SERVICES, type Service } from "@/kit/services";
import type { AnyList } from "./declare";
import ServiceLists from "./ServiceLists.vue";

/** `list` is the one of a service. `Above` stands above it, and is told of which service. */
export function serviceLists(list: (service: Service) => AnyList, Above?: Component): Component {
  const lists = new Map(SERVICES.map((service) => [service, list(service)]));
  const slots = Above && { default: ({ service }: { service: Service }) => h(Above, { service }) };
  return defineComponent({ name: "ListsByService", setup: () => () => h(ServiceLists, { lists }, slots) });
}
