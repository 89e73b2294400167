import { useRouter, type RouteLocationRaw } from "vue-router";
import type { Name } from "./contract";
import { useMayUse } from "./me";
import { linkTo } from "./references";

/** The address of what an id points to, for who may open it; undefined for everybody else. */
export function useLinks() {
  const router = useRouter();
  const mayUse = useMayUse();
  return (reference: string | undefined, id: unknown): RouteLocationRaw | undefined => {
    const target = linkTo(reference, id);
    const name = (target as { name?: string } | undefined)?.name;
    return name && router.hasRoute(name) && mayUse(name as Name) ? target : undefined;
  };
}
