import { answered, failed } from "./away";
import { askForCode, wantsCode } from "./code";
import { good, http } from "./http";
import { newKey } from "./keys";
import { operation, type Answer, type Operation, type OperationName, type Request } from "./operations";
import { Problem } from "./problem";
import { useSession } from "./session";
import { afterWork } from "./working";

export interface Options {
  signal?: AbortSignal;
  /** Of a command: one for each time that somebody submits, kept when it is sent again. */
  key?: string;
}

/** What was sent to us to be kept. */
export interface Download {
  name: string;
  content: Blob;
}

/** Ask or do something, as the person who is signed in. Raises a Problem. */
export async function call<N extends OperationName>(
  name: N,
  fields: Request<N>,
  options: Options = {},
): Promise<Answer<N>> {
  return (await send(operation(name), fields as Fields, options, "json")).data as Answer<N>;
}

/** Fetch a file. Raises a Problem. */
export async function download<N extends OperationName>(
  name: N,
  fields: Request<N>,
  options: Options = {},
): Promise<Download> {
  const { data, response } = await send(operation(name), fields as Fields, options, "blob");
  return { name: nameIn(response.headers.get("Content-Disposition")), content: data as Blob };
}

/**
 * Ask or send something without being signed in. Where the server wants work first, it is done, and `working` hears when
 * it begins. Raises a Problem.
 */
export async function callAsVisitor<N extends OperationName>(
  name: N,
  fields: Request<N>,
  { working = () => {}, ...options }: Options & { working?: () => void } = {},
): Promise<Answer<N>> {
  const asked = operation(name);
  const headers = keyed(asked, options);
  const ask = (work?: string) => {
    const request = placed(asked, { ...(fields as Fields), work });
    return good(requested(asked, { ...request, signal: options.signal, headers }));
  };
  return (await afterWork(ask, working)).data as Answer<N>;
}

type Fields = Record<string, unknown>;

/** Send it, and remember of its service whether it is there. */
async function send(asked: Operation, fields: Fields, options: Options, parseAs: "json" | "blob") {
  try {
    const said = await sent(asked, fields, options, parseAs);
    answered(asked.service);
    return said;
  } catch (reason) {
    failed(asked.service, reason);
    throw reason;
  }
}

async function sent(asked: Operation, fields: Fields, options: Options, parseAs: "json" | "blob") {
  const session = useSession();
  const headers = keyed(asked, options);
  const request = { ...placed(asked, fields), signal: options.signal, parseAs };
  for (let tries = 1; ; tries += 1) {
    const token = await session.token();
    try {
      const authorized = { ...headers, Authorization: `Bearer ${token}` };
      return await good(requested(asked, { ...request, headers: authorized }));
    } catch (reason) {
      if (wantsCode(reason) && (await askForCode())) continue; // under the same key
      if (!(reason instanceof Problem) || reason.status !== 401 || tries > 1) throw reason;
      session.refused(token);
    }
  }
}

const keyed = (asked: Operation, options: Options): Record<string, string> =>
  asked.is_command ? { "Idempotency-Key": options.key ?? newKey() } : {};

interface Said {
  data?: unknown;
  error?: unknown;
  response: Response;
}

/** Address and fields are typed by their operation, which the client can't see from here. */
const requested = (asked: Operation, init: object) =>
  (http.request as unknown as (method: string, path: string, init: object) => Promise<Said>)(
    asked.method.toLowerCase(),
    asked.path,
    init,
  );

/** Each field where it travels. */
function placed(asked: Operation, fields: Fields) {
  const inPath = new Set(asked.path_params);
  const split = (wanted: boolean) =>
    Object.fromEntries(Object.entries(fields).filter(([name]) => inPath.has(name) === wanted));
  const path = split(true);
  const others = split(false);
  return asked.method === "GET" || asked.method === "DELETE"
    ? { params: { path, query: others } }
    : { params: { path }, body: others };
}

function nameIn(disposition: string | null): string {
  const encoded = /filename\*=UTF-8''([^;]+)/i.exec(disposition ?? "")?.[1];
  if (encoded !== undefined) return decodeURIComponent(encoded);
  return /filename="?([^";]+)"?/i.exec(disposition ?? "")?.[1] ?? "download";
}
