/** What a teaching point makes of quick signups: a form, or nothing. */
import { bulk, opening } from "@/kit/actions";
import type { Row } from "@/kit/contract";

type Signup = Row<"enrollment.ListSignups">;

const waits = ({ state }: Signup) => state === "signed_up";

export const completing = opening("enrollment.EnterApplication", {
  title: "转为报名表",
  when: waits,
  query: ({ id }: Signup) => ({ signup: id }),
});
export const discarding = bulk("enrollment.DiscardSignups", { ids: "signup_ids", when: waits, danger: true });
