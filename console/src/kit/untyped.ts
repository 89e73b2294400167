/**
 * Calls by what runs any operation, whose fields it takes from the table of operations. Pages, which name theirs, use
 * `call`.
 */
import { call, type AnyRequest, type Name } from "./contract";
import type { Options } from "@/api/client";

/** Ask or do something. Raises a Problem. */
export const callAny = (name: Name, asked: AnyRequest, options?: Options): Promise<unknown> =>
  call(name, asked as never, options);
