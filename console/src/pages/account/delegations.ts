/** Permissions that were handed on, as people read them. */
import { choice, type Answer } from "@/kit/contract";

export type Delegations = Answer<"identity.ListDelegations">;
export type Delegation = Delegations["given"][number];

/** What a permission is called. */
export const permissionWord = (name: string) => choice("DelegationView.permission", name);

/** Whether it can be ended. */
export const isOpen = ({ state }: Pick<Delegation, "state">) => state === "counts";
