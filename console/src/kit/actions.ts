/** What can be done on a page, declared. Who may not do it is not offered it. */
import type { AnyRow, ListName, Name, Request, RequestField } from "./contract";

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
  danger?: boolean;
}

/** One operation for many rows that are chosen in a list. */
export interface BulkAction extends Common {
  kind: "bulk";
  ids: string;
  danger?: boolean;
}

/** The list as a file. */
export interface ExportAction extends Common {
  kind: "export";
}

/** The page of an import. */
export interface ImportAction extends Common {
  kind: "import";
}

/** A file of the row. */
export interface DownloadAction extends Common {
  kind: "download";
}

export type Action = CommandAction | BulkAction | ExportAction | ImportAction | DownloadAction;

interface CommandOptions<N extends Name, R> {
  title?: string;
  when?: (row: R) => boolean;
  preset?: (row: R) => Partial<Request<N>>;
  hidden?: readonly RequestField<N>[];
  danger?: boolean;
}

/** A form in a drawer, made from the operation's fields. With a row, fields that it has too begin with its values. */
export const command = <N extends Name, R = AnyRow>(name: N, options: CommandOptions<N, R> = {}) =>
  ({ kind: "command", name, ...options }) as CommandAction;

/** Something done with all chosen rows; tried first where the operation can be. `ids` is the field that names them. */
export const bulk = <N extends Name, R = AnyRow>(
  name: N,
  options: { ids: RequestField<N>; title?: string; when?: (row: R) => boolean; danger?: boolean },
) => ({ kind: "bulk", name, ...options }) as BulkAction;

/** The list's rows as a file: exactly those that are filtered, in their order. */
export const exporting = (name: Name): ExportAction => ({ kind: "export", name });

/** The way to the page of an import. */
export const importing = (name: Name): ImportAction => ({ kind: "import", name });

/** A file of the row, onto the disk. */
export const downloading = <R = AnyRow>(name: Name, when?: (row: R) => boolean) =>
  ({ kind: "download", name, when }) as DownloadAction;

export type { ListName };
