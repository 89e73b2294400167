/** A remittance slip that is being made of chosen bills: what goes onto it, what it would come to, then it is made. */
import { computed, ref, shallowRef } from "vue";
import type { FileReference } from "@/kit/files/upload";
import type { Answer, AnyRequest, AnyRow, Request } from "@/kit/contract";
import { useSending } from "@/kit/form/sending";
import { useTasks, type Task } from "@/kit/tasks/tasks";
import { sumOf } from "@/kit/text/sums";

export type Slip = Answer<"finance.CreateRemittance">;
export type Particulars = Pick<Request<"finance.CreateRemittance">, "payer_name" | "remitted_on">;

/** Bills that a slip takes, and how many of the chosen ones it does not. */
export function payable(rows: ReadonlyMap<string, AnyRow>) {
  const bills = [...rows].filter(([, { status }]) => status === "unpaid");
  return {
    ids: bills.map(([id]) => id),
    amount: sumOf(bills.map(([, { amount }]) => String(amount))),
    leftOut: rows.size - bills.length,
  };
}

export function useSlip(rows: ReadonlyMap<string, AnyRow>) {
  const chosen = payable(rows);
  const creating = useSending("finance.CreateRemittance");
  const attaching = useSending("finance.AttachReceipt");
  const printing = useSending("finance.PrintRemittanceSlip");
  const tried = shallowRef<Slip>();
  const made = shallowRef<Slip>();
  const isPrinted = ref(false);

  /** Bills of the same selections, which are paid together and so come along. */
  const joined = computed(() => (tried.value ? tried.value.bill_count - chosen.ids.length : 0));
  const asked = (particulars: Particulars): AnyRequest => ({ ...particulars, bill_ids: chosen.ids });

  async function attempt(particulars: Particulars) {
    tried.value = (await creating.send({ ...asked(particulars), dry_run: true })) as Slip | undefined;
  }

  /**
   * The slip stands even where the receipt was refused, which the slip's page takes later. It is shown when both are
   * over: whoever went on to its page before would not see the receipt there.
   */
  async function make(particulars: Particulars, receipt: FileReference | null) {
    const slip = (await creating.send(asked(particulars))) as Slip | undefined;
    if (slip && receipt) await attaching.send({ remittance_id: slip.id, version: slip.version, file: receipt });
    made.value = slip;
  }

  async function print() {
    const task = await printing.send({ remittance_id: made.value?.id });
    if (!task) return;
    useTasks().started(task as Task);
    isPrinted.value = true;
  }
  const isBusy = computed(() => creating.sending.value || attaching.sending.value);
  const problem = computed(() => creating.problem.value ?? printing.problem.value);
  return { chosen, tried, made, joined, isPrinted, isBusy, problem, refused: attaching.problem, attempt, make, print };
}
