/** Services that do not answer now, as their last answer told: until one of their answers is good. */
import { readonly, shallowRef, type Ref } from "vue";
import { Problem } from "./problem";

/** Seconds after which a service may be asked again, by its name. */
export type Away = ReadonlyMap<string, number>;

const WAIT = 5;
const away = shallowRef<Away>(new Map());

export const useAway = (): Readonly<Ref<Away>> => readonly(away) as Readonly<Ref<Away>>;

/** Whether nobody answers of those who have what something shows. */
export const areAway = (services: readonly string[]): boolean =>
  services.length > 0 && services.every((service) => away.value.has(service));

/** A service has answered well. */
export function answered(service: string): void {
  if (!away.value.has(service)) return;
  const left = new Map(away.value);
  left.delete(service);
  away.value = left;
}

/** Something asked of `service` failed: the answer names who is away, which may be another that had to be asked too. */
export function failed(service: string, reason: unknown): void {
  if (!(reason instanceof Problem) || reason.code !== "service_unavailable") return;
  away.value = new Map(away.value).set(reason.service ?? service, reason.retryAfter ?? WAIT);
}
