/** One server-sent event (WHATWG HTML §9.2), as the gateway sends them. */
export interface ServerEvent {
  event: string;
  id: string;
  data: unknown;
}

/** The events that are whole in a text, and what is left of it. Comments, which only keep proxies awake, are none. */
export function eventsIn(text: string): { events: ServerEvent[]; rest: string } {
  const blocks = text.replaceAll("\r\n", "\n").split("\n\n");
  const rest = blocks.pop() ?? "";
  return { events: blocks.flatMap(eventOf), rest };
}

function eventOf(block: string): ServerEvent[] {
  const lines = block.split("\n");
  const named = (name: string) =>
    lines.filter((line) => line.startsWith(`${name}:`)).map((line) => line.slice(name.length + 1).trimStart());
  const data = named("data");
  if (data.length === 0) return [];
  return [{ event: named("event")[0] ?? "message", id: named("id")[0] ?? "", data: JSON.parse(data.join("\n")) }];
}
