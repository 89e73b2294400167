import createClient from "openapi-fetch";
import type { paths } from "generated/api";
import { offline, problemOf } from "./problem";

/** The API as it is described, without a session: `call` has one. */
export const http = createClient<paths>({
  baseUrl: globalThis.location?.origin,
  headers: { "Accept-Language": "zh-CN" },
  fetch: (request) => fetch(request),
});

/** A good answer with its response. Raises a Problem for every other. */
export async function good<T>(
  sent: Promise<{ data?: T; error?: unknown; response: Response }>,
): Promise<{ data: T; response: Response }> {
  let said;
  try {
    said = await sent;
  } catch (reason) {
    if (reason instanceof DOMException && reason.name === "AbortError") throw reason;
    throw offline();
  }
  if (!said.response.ok) throw problemOf(said.response, said.error);
  return { data: said.data as T, response: said.response };
}
