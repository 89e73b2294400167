/** What a command's form begins with, and what of it is not asked for. */
import type { CommandAction } from "@/kit/actions";
import type { AnyRequest, AnyRow, Operation } from "@/kit/contract";

/** Of a row what the command calls alike; its id for the command's address. */
export function givenFor(asked: Operation, action: CommandAction, row?: AnyRow): AnyRequest {
  if (!row) return action.preset?.({}) ?? {};
  const alike = asked.request.filter(({ name }) => name in row).map(({ name }) => [name, row[name]]);
  const inPath = asked.path_params.map((name) => [name, row[name] ?? row.id]);
  return { ...Object.fromEntries(alike), ...Object.fromEntries(inPath), ...action.preset?.(row) } as AnyRequest;
}

/** The address, the version that was seen and trying are nothing that people enter. */
export function hiddenOf(asked: Operation, action: CommandAction, given: AnyRequest): string[] {
  const known = ["version", "dry_run"].filter((name) => name in given || name === "dry_run");
  return [...asked.path_params, ...known, ...(action.hidden ?? [])];
}
