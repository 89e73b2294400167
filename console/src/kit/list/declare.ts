/**
 * A list is declared: which fields are columns, which are filters, what can be done.
 *
 *     export default listPage("finance.ListBills", {
 *       columns: ["number", { field: "student_name", link: "student_id" }, "amount", "status"],
 *       filters: ["status", "search"],
 *       open: "finance.GetBill",
 *       actions: [exporting("finance.ExportBills")],
 *     });
 */
import { defineComponent, h, type Component } from "vue";
import type { Action } from "@/kit/actions";
import type { AnyRow, Filter, ListName, Name, Row, RowField } from "@/kit/contract";
import ListPage from "./ListPage.vue";

/** A field as a column, or one with what is special about it. */
export type Column<N extends ListName> = RowField<N> | ColumnOf<N>;

export interface ColumnOf<N extends ListName> {
  field: RowField<N>;
  /** The field whose id it leads to. */
  link?: RowField<N>;
  /** What it leads to, where the row says what that is. */
  about?: (row: Row<N>) => Target;
  /** Not shown until somebody chooses it. */
  hidden?: boolean;
  /** What it says, where that is more than the field. */
  show?: (row: Row<N>) => string;
  /** Its text takes several lines; what people wrote does anyway. */
  wide?: boolean;
}

export interface ListDeclaration<N extends ListName> {
  columns: readonly Column<N>[];
  filters?: readonly Filter<N>[];
  /** The page of one row. */
  open?: Name;
  /** What a row is known by; its id unless told. */
  key?: RowField<N>;
  actions?: readonly Action[];
  /** What can be done with one row, beside it. */
  each?: readonly Action[];
  /** What is said where there is nothing yet. */
  empty?: string;
  title?: string;
  /** Whether a row waits for another service, which is done soon: the list is read anew until it is. */
  waits?: (row: Row<N>) => boolean;
  /** How many rows are in which state, above the list: the operation that counts them, and the filter by that state. */
  counts?: { name: Name; field: Filter<N> };
}

export interface AnyCounts {
  name: Name;
  field: string;
}

/** What something leads to: a thing, as `student`, and its id. */
export type Target = readonly [thing: string, id: unknown];

export interface AnyColumn {
  field: string;
  link?: string;
  about?: (row: AnyRow) => Target;
  hidden?: boolean;
  show?: (row: AnyRow) => string;
  wide?: boolean;
}

/** A declared list without its types, as the kit handles it. */
export interface AnyList {
  name: ListName;
  columns: readonly AnyColumn[];
  filters: readonly string[];
  open?: Name;
  key: string;
  actions: readonly Action[];
  each: readonly Action[];
  empty?: string;
  title?: string;
  waits?: (row: AnyRow) => boolean;
  counts?: AnyCounts;
}

/** A declaration as the kit handles it. */
export function listOf<N extends ListName>(name: N, declaration: ListDeclaration<N>): AnyList {
  const columns = declaration.columns.map((column) => (typeof column === "string" ? { field: column } : column));
  return {
    ...declaration,
    name,
    columns: columns as AnyColumn[],
    waits: declaration.waits as AnyList["waits"],
    filters: declaration.filters ?? [],
    key: declaration.key ?? "id",
    actions: declaration.actions ?? [],
    each: declaration.each ?? [],
  };
}

/** The page of a list. */
export function listPage<N extends ListName>(name: N, declaration: ListDeclaration<N>): Component {
  const list = listOf(name, declaration);
  return defineComponent({ name: `list ${name}`, setup: () => () => h(ListPage, { list }) });
}
