import { eventsIn, type ServerEvent } from "./events";
import { useSession } from "./session";

/**
 * Hints of the server, live: one tab has the stream and tells the others, as a person may have few streams. A hint only
 * says what to look at again.
 */
type Heard = (data: never) => void;
type Message = { kind: "hint"; hint: ServerEvent } | { kind: "joined" };

const ADDRESS = "/api/v1/events";
const BACK = 2000; // milliseconds after which a stream that ended is opened again
const LONGEST = 30_000;
/** Hints that say how something is now: who comes later is told the last of them. */
const STATES = new Set(["unread_notices", "to_do"]);

const heard = new Map<string, Set<Heard>>();
const last = new Map<string, ServerEvent>();
let stop: (() => void) | undefined;

/** Hear of hints of a kind. Returns what ends that; the first who listens opens the stream, the last closes it. */
export function onHint<Data>(event: string, hear: (data: Data) => void): () => void {
  const all = heard.get(event) ?? new Set();
  heard.set(event, all.add(hear));
  stop ??= open();
  return () => {
    all.delete(hear);
    if ([...heard.values()].some(({ size }) => size > 0)) return;
    stop?.();
    stop = undefined;
  };
}

function tell(hint: ServerEvent): void {
  if (STATES.has(hint.event)) last.set(hint.event, hint);
  heard.get(hint.event)?.forEach((hear) => hear(hint.data as never));
}

/** Have the stream as soon as no other tab has it, and hear meanwhile from the one that has. */
function open(): () => void {
  const abort = new AbortController();
  const channel = new BroadcastChannel("jiaowu-live");
  let isMine = false;
  channel.onmessage = ({ data }: MessageEvent<Message>) => {
    if (data.kind === "hint") tell(data.hint);
    else if (isMine) last.forEach((hint) => channel.postMessage({ kind: "hint", hint }));
  };
  const follow = async () => {
    isMine = true;
    await goOn(abort.signal, (hint) => {
      channel.postMessage({ kind: "hint", hint });
      tell(hint);
    });
  };
  channel.postMessage({ kind: "joined" });
  // Pages that came without https have no locks: then each has a stream of its own.
  const locks = navigator.locks as LockManager | undefined;
  const followed = locks ? locks.request("jiaowu-live", { signal: abort.signal }, follow) : follow();
  followed.catch(() => undefined).finally(() => channel.close());
  return () => abort.abort();
}

/** Read streams one after the other, until `signal`. */
async function goOn(signal: AbortSignal, hint: (hint: ServerEvent) => void): Promise<void> {
  let seen = "";
  let pause = BACK;
  while (!signal.aborted) {
    try {
      for await (const event of stream(seen, signal)) {
        seen = event.id || seen;
        pause = BACK;
        hint(event);
      }
    } catch {
      pause = Math.min(pause * 2, LONGEST); // no network, or the server restarts
    }
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
}

async function* stream(seen: string, signal: AbortSignal): AsyncGenerator<ServerEvent> {
  const session = useSession();
  const token = await session.token();
  const headers = { Authorization: `Bearer ${token}`, ...(seen ? { "Last-Event-ID": seen } : {}) };
  const response = await fetch(ADDRESS, { headers, signal });
  if (response.status === 401) session.refused(token);
  if (!response.ok || !response.body) throw new Error(`no stream (${response.status})`);
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  for (let text = ""; ;) {
    const { done, value } = await reader.read();
    if (done) return;
    const { events, rest } = eventsIn(text + value);
    text = rest;
    yield* events;
  }
}
