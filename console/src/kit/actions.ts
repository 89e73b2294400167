/** What can be done on a page, declared. Who may not do it is not offered it. */
import type { Component } from "vue";
import type { AnswerField, AnyRequest, AnyRow, Field, ListName, Name, Request, RequestField } from "./contract";

interface Common {
  name: Name;
  /** What the button says, where that is not the operation's name. */
  title?: string;
  /** Whether it can be done with this row: what is never taken by the server is not offered. */
  when?: (row: AnyRow) => boolean;
}

/** One operation, whose fields are asked for in a drawer. */
export interface CommandAction extends Common {
  kind: "command";
  /** Fields that are given beforehand, beside those that have the row's names. */
  preset?: (row: AnyRow) => Record<string, unknown>;
  /** Fields that are not asked for. */
  hidden?: readonly string[];
  /** What the row says of fields beside the contract. */
  fields?: (row: AnyRow) => Readonly<Record<string, Partial<Field>>>;
  /** Of what trying it answers: what is shown before it is done. */
  trial?: readonly string[];
  danger?: boolean;
}

/** One operation for many rows that are chosen in a list. */
export interface BulkAction extends Common {
  kind: "bulk";
  ids: string;
  /** What a row is known by; its id unless told. */
  key?: string;
  /** What it is done in, where that needs more than fields: a component with the props of BulkDrawer. */
  drawer?: Component;
  /** Fields that are given beforehand, and not asked for. */
  preset?: AnyRequest;
  danger?: boolean;
}

/** A file made of the whole list. */
export interface ExportAction extends Common {
  kind: "export";
  /** What is made of the rows, in a sentence. */
  says?: string;
}

/** The page of an import. */
export interface ImportAction extends Common {
  kind: "import";
}

/** A page of its own on which it is done. */
export interface OpenAction extends Common {
  kind: "open";
  /** What its address says beside the row. */
  query?: (row: AnyRow) => Record<string, string>;
}

/** A file of the row. */
export interface DownloadAction extends Common {
  kind: "download";
}

export type Action = CommandAction | BulkAction | ExportAction | ImportAction | OpenAction | DownloadAction;

interface CommandOptions<N extends Name, R> {
  title?: string;
  when?: (row: R) => boolean;
  preset?: (row: R) => Partial<Request<N>>;
  hidden?: readonly RequestField<N>[];
  fields?: (row: R) => Partial<Record<RequestField<N>, Partial<Field>>>;
  trial?: readonly AnswerField<N>[];
  danger?: boolean;
}

interface BulkOptions<N extends Name, R> {
  ids: RequestField<N>;
  preset?: Partial<Request<N>>;
  title?: string;
  when?: (row: R) => boolean;
  key?: keyof R & string;
  drawer?: Component;
  danger?: boolean;
}

/** A form in a drawer, made from the operation's fields. With a row, fields that it has too begin with its values. */
export const command = <N extends Name, R = AnyRow>(name: N, options: CommandOptions<N, R> = {}) =>
  ({ kind: "command", name, ...options }) as CommandAction;

/**
 * Something done with all chosen rows, or on the page of a row with that one; tried first where the operation can be.
 * `ids` is the field that names them.
 */
export const bulk = <N extends Name, R = AnyRow>(name: N, options: BulkOptions<N, R>) =>
  ({ kind: "bulk", name, ...options }) as BulkAction;

/** A file of the list's rows: exactly those that are filtered, in their order. */
export const exporting = (name: Name, options: { title?: string; says?: string } = {}): ExportAction => ({
  kind: "export",
  name,
  ...options,
});

/** The way to the page of an import. */
export const importing = (name: Name): ImportAction => ({ kind: "import", name });

/** The way to the page on which an operation is done, where a drawer is too small for it. */
export const opening = <R = AnyRow>(
  name: Name,
  options: { title?: string; when?: (row: R) => boolean; query?: (row: R) => Record<string, string> } = {},
) => ({ kind: "open", name, ...options }) as OpenAction;

/** A file of the row, onto the disk. */
export const downloading = <R = AnyRow>(name: Name, when?: (row: R) => boolean) =>
  ({ kind: "download", name, when }) as DownloadAction;

export type { ListName };
