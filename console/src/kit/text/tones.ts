/** Which colour says how a state stands. The word says it too: colour alone never does. */
export type Tone = "success" | "warning" | "danger" | "info" | "primary";

const VALUES: Record<Exclude<Tone, "primary">, string> = {
  success:
    "active admitted approved arranged completed confirmed counts done enabled finance_approved graduated paid published registered sat selected valid verified in_use",
  warning:
    "admission_deferred cancelling first_review_passed paying pending pending_academic pending_clearance pending_finance pending_payment refunding remitting running signed_up suspended unchecked unpaid waiting waiting_for_hold unconfirmed",
  danger: "absent academic_rejected dead disabled failed false finance_rejected left mismatch refused rejected",
  info: "admission_cancelled booked_late cancelled closed discarded draft expired given_back lapsed lost refunded replaced retired revoked superseded taken_back withdrawn",
};

const TONES = new Map<string, Tone>(
  Object.entries(VALUES).flatMap(([tone, values]) => values.split(" ").map((value) => [value, tone as Tone])),
);

/** The colour of a value; what says nothing good or bad has that of the page. */
export const toneOf = (value: string): Tone => TONES.get(value) ?? "primary";

/** Whether the values of an enum say how something stands; those of others (a level, a kind) are plain words. */
export const isState = (choices: string) => /(State|Status|Check)$/.test(choices);
