import { describe, expect, it } from "vitest";
import { eventsIn } from "./events";

describe("server-sent events", () => {
  it("are read as soon as they are whole", () => {
    const text = 'event: task\nid: 2026-09-01T00:00:00Z\ndata: {"id": "courses.1"}\n\nevent: to_do\nid: 2\nda';
    const { events, rest } = eventsIn(text);
    expect(events).toEqual([{ event: "task", id: "2026-09-01T00:00:00Z", data: { id: "courses.1" } }]);
    expect(eventsIn(`${rest}ta: {"total": 3}\n\n`).events).toEqual([{ event: "to_do", id: "2", data: { total: 3 } }]);
  });

  it("are not what keeps the connection awake", () => {
    expect(eventsIn("retry: 2000\n\n: still here\n\n")).toEqual({ events: [], rest: "" });
  });
});
