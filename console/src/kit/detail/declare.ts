/**
 * The page of one row is declared: what is told about it, in tabs, and what can be done with it.
 *
 *     export default detailPage("finance.GetBill", {
 *       title: (bill) => `缴费单 ${bill.number}`,
 *       state: "status",
 *       tabs: [
 *         { facts: ["number", "amount", "status"] },
 *         { timeline: "history" },
 *         related("courses.ListSelections", { by: { student_id: "student_id" }, columns: ["course_name", "state"] }),
 *         { trail: "finance" },
 *       ],
 *       actions: [command("finance.CreateRemittance")],
 *     });
 */
import { defineComponent, h, type Component } from "vue";
import type { Action } from "@/kit/actions";
import type { Answer, AnswerField, AnyRow, Filter, ListName, Name } from "@/kit/contract";
import { listOf, type AnyList, type ListDeclaration } from "@/kit/list/declare";
import DetailPage from "./DetailPage.vue";

/** One condition of a decision, with what speaks for or against it. */
export interface Condition {
  title: string;
  met: boolean;
  facts: readonly string[];
}

interface Titled {
  title?: string;
}

/** Fields of the row; objects among them as groups, lists of objects as tables. */
export interface FactsTab<Field extends string> extends Titled {
  facts: readonly (Field | Fact<Field>)[];
}
/** A field that leads to what another field has the id of. */
export interface Fact<Field extends string> {
  field: Field;
  link: Field;
}
/** Who did what when: the steps of a workflow. */
export interface TimelineTab<Field extends string> extends Titled {
  timeline: Field;
}
/** What a decision stands on. */
export interface EvidenceTab<Row> extends Titled {
  evidence: (row: Row) => readonly Condition[];
}
/** Files of the row, each fetched by `attachments` with the row's id and `file_id`. */
export interface AttachmentsTab extends Titled {
  attachments: Name;
}
/** What the audit trail of the service tells of the row, for those who may see it. */
export interface TrailTab extends Titled {
  trail: "identity" | "enrollment" | "registry" | "courses" | "finance" | "exams";
}
/** Rows of another list that belong to this one. */
export interface RelatedTab<Field extends string> extends Titled {
  related: AnyList;
  by: Readonly<Record<string, Field>>;
}
/** A component of the page's own, which gets the row. */
export interface OwnTab {
  title: string;
  own: Component;
}

export type Tab<Row, Field extends string> =
  FactsTab<Field> | TimelineTab<Field> | EvidenceTab<Row> | AttachmentsTab | TrailTab | RelatedTab<Field> | OwnTab;

export interface DetailDeclaration<N extends Name> {
  title: (row: Answer<N>) => string;
  /** The field that says how the row stands. */
  state?: AnswerField<N>;
  /** Whether the row waits for another service, which is done soon: it is read anew until it is. */
  waits?: (row: Answer<N>) => boolean;
  tabs: readonly Tab<Answer<N>, AnswerField<N>>[];
  actions?: readonly Action[];
}

export interface AnyDetail {
  name: Name;
  title: (row: AnyRow) => string;
  state?: string;
  waits?: (row: AnyRow) => boolean;
  tabs: readonly Tab<AnyRow, string>[];
  actions: readonly Action[];
}

/** Rows of another list that belong to the row: `by` says which filter has which of the row's fields. */
export function related<L extends ListName, Field extends string>(
  name: L,
  { by, ...declaration }: ListDeclaration<L> & { by: Partial<Record<Filter<L>, Field>> },
): RelatedTab<Field> {
  return {
    related: listOf(name, declaration as ListDeclaration<L>),
    by: by as Record<string, Field>,
    title: declaration.title,
  };
}

/** The page of one row. */
export function detailPage<N extends Name>(name: N, declaration: DetailDeclaration<N>): Component {
  const detail = { actions: [], ...declaration, name } as unknown as AnyDetail;
  return defineComponent({ name: `detail ${name}`, setup: () => () => h(DetailPage, { detail }) });
}
