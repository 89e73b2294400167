import { createPinia, setActivePinia } from "pinia";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { call } from "./client";
import { useSession } from "./session";
import { fakeChannel, FakeLocks, FakeServer } from "./testing";

vi.mock("./work", () => ({ work: () => Promise.resolve("solved") }));

let server: FakeServer;
let left: string[];

beforeEach(() => {
  server = new FakeServer();
  left = [];
  vi.stubGlobal("fetch", server.fetch);
  vi.stubGlobal("location", { origin: "https://school.example", assign: (to: string) => left.push(to) });
  vi.stubGlobal("BroadcastChannel", fakeChannel());
  Object.defineProperty(navigator, "locks", { value: new FakeLocks(), configurable: true });
});

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

/** A page of the console: its own memory, the browser's cookies, locks and messages. */
function tab() {
  const pinia = createPinia();
  setActivePinia(pinia);
  return useSession(pinia);
}

describe("a session", () => {
  it("is found again by its cookie when a page is loaded", async () => {
    server.signedIn = "zhang";
    const session = tab();
    await session.restore();
    expect(session.state).toBe("signed_in");
    expect(session.account?.username).toBe("zhang");
  });

  it("is none where there is no cookie", async () => {
    const session = tab();
    await session.restore();
    expect(session.state).toBe("signed_out");
    await expect(session.token()).rejects.toMatchObject({ status: 401 });
  });

  it("is not given up when the server can't be asked", async () => {
    server.down = true;
    const session = tab();
    await expect(session.restore()).rejects.toMatchObject({ code: "offline" });
    expect(session.state).toBe("unknown");
  });

  it("asks for the cookie with a header that no form of another site can send", async () => {
    await tab().signIn("zhang", "secret", "key-of-mine", () => {});
    expect(server.asked.at(-1)?.headers.get("Session-Cookie")).toBe("yes");
    expect(server.asked.at(-1)?.headers.get("Idempotency-Key")).toBe("key-of-mine");
  });

  it("does the work that a server under attack asks for", async () => {
    server.wantsWork = true;
    const working = vi.fn();
    const session = tab();
    await session.signIn("zhang", "secret", "key-of-mine", working);
    expect(working).toHaveBeenCalledOnce();
    expect(session.state).toBe("signed_in");
  });
});

describe("a token", () => {
  it("is renewed before it ends, by the server's clock", async () => {
    server.signedIn = "zhang";
    server.clock = Date.parse("2031-01-01T00:00:00Z"); // that of this computer is years behind
    const session = tab();
    await session.restore();
    expect(await session.token()).toBe("token-1");
    const now = performance.now();
    vi.spyOn(performance, "now").mockReturnValue(now + 290_000);
    expect(await session.token()).toBe("token-2");
  });

  it("is fetched once by two tabs", async () => {
    server.signedIn = "zhang";
    const one = tab();
    const other = tab();
    await Promise.all([one.restore(), other.restore()]);
    expect(server.count("/api/v1/sessions/refresh")).toBe(1);
    expect(await other.token()).toBe(await one.token());
  });

  it("is had from another tab by one that is opened later", async () => {
    server.signedIn = "zhang";
    await tab().restore();
    const later = tab();
    await later.restore();
    expect(later.state).toBe("signed_in");
    expect(server.count("/api/v1/sessions/refresh")).toBe(1);
  });

  it("is fetched once for many requests of one tab", async () => {
    server.signedIn = "zhang";
    tab();
    await Promise.all([1, 2, 3].map(() => call("identity.GetAccount", {})));
    expect(server.count("/api/v1/sessions/refresh")).toBe(1);
  });

  it("that is refused is replaced, and the same command is sent again under its key", async () => {
    server.signedIn = "zhang";
    const session = tab();
    await session.restore();
    server.refuses.add("token-1");
    await call("identity.MarkAllNoticesRead", {}, { key: "one-submit" });
    const sent = server.asked.filter(({ path }) => path === "/api/v1/notices/read-all");
    expect(sent.map(({ headers }) => headers.get("Authorization"))).toEqual(["Bearer token-1", "Bearer token-2"]);
    expect(sent.map(({ headers }) => headers.get("Idempotency-Key"))).toEqual(["one-submit", "one-submit"]);
  });

  it("that is refused again is told of", async () => {
    server.signedIn = "zhang";
    const session = tab();
    await session.restore();
    server.refuses.add("token-1").add("token-2");
    await expect(call("identity.GetAccount", {})).rejects.toMatchObject({ code: "token_revoked" });
  });
});

describe("a session that has ended", () => {
  it("keeps what was asked for until somebody has signed in again", async () => {
    server.signedIn = "zhang";
    const session = tab();
    await session.restore();
    server.refuses.add("token-1");
    server.signedIn = null;
    const answer = call("identity.GetAccount", {});
    await vi.waitFor(() => expect(session.state).toBe("expired"));
    expect(session.account?.username).toBe("zhang");
    await session.signIn("zhang", "secret", "key-of-mine", () => {});
    expect(await answer).toMatchObject({ username: "zhang" });
    expect(left).toEqual([]);
  });

  it("goes on in all tabs when somebody has signed in in one", async () => {
    server.signedIn = "zhang";
    const one = tab();
    await one.restore();
    const other = tab();
    await other.restore();
    server.signedIn = null;
    for (const session of [one, other]) {
      session.refused(await session.token());
      void session.token();
      await vi.waitFor(() => expect(session.state).toBe("expired"));
    }
    await one.signIn("zhang", "secret", "key-of-mine", () => {});
    await vi.waitFor(() => expect(other.state).toBe("signed_in"));
  });

  it("loads everything anew for another person", async () => {
    server.signedIn = "zhang";
    const session = tab();
    await session.restore();
    await session.signIn("li", "secret", "key-of-mine", () => {});
    expect(left).toEqual(["/"]);
  });

  it("that was signed out of ends in all tabs", async () => {
    server.signedIn = "zhang";
    const one = tab();
    await one.restore();
    const other = tab();
    await other.restore();
    await one.signOut();
    await vi.waitFor(() => expect(left).toEqual(["/sign-in", "/sign-in"]));
  });

  it("that was signed out of is had from no tab that is not gone yet", async () => {
    server.signedIn = "zhang";
    const one = tab();
    await one.restore();
    const other = tab();
    await other.restore();
    await one.signOut();
    const later = tab();
    await later.restore();
    expect(later.state).toBe("signed_out");
  });

  it("is not said to have ended when the server could not be told", async () => {
    server.signedIn = "zhang";
    const session = tab();
    await session.restore();
    server.down = true;
    await expect(session.signOut()).rejects.toMatchObject({ code: "offline" });
    expect(left).toEqual([]);
  });
});

describe("permissions", () => {
  it("are those of the account", async () => {
    server.signedIn = "zhang";
    const session = tab();
    await session.restore();
    expect(session.may("finance.read_bills")).toBe(true);
    expect(session.may("finance.remit")).toBe(false);
    expect(session.may("signed_in")).toBe(true);
  });
});

describe("signing in by a provider", () => {
  it("leads there, after work where that is wanted, with the cookie that tells the browser again", async () => {
    server.wantsWork = true;
    const working = vi.fn();
    const session = tab();
    expect(await session.beginUnified("sso", "/finance/bills", "key-of-mine", working)).toBe(
      "https://sso.example/auth",
    );
    expect(working).toHaveBeenCalledOnce();
    expect(server.asked.at(-1)?.headers.get("Session-Cookie")).toBe("yes");
    expect(server.asked.at(-1)?.body).toMatchObject({ sign_in_provider_id: "sso", return_path: "/finance/bills" });
  });

  it("opens a session in all tabs, and leads to where the person wanted to go", async () => {
    const [here, other] = [tab(), tab()];
    expect(await here.finishUnified({ state_token: "state", authorization_code: "code" }, "key")).toBe(
      "/finance/bills",
    );
    await vi.waitFor(() => expect(other.state).toBe("signed_in"));
    expect(here.account?.username).toBe("zhang");
  });

  it("leads to the provider when somebody signs out", async () => {
    const session = tab();
    server.providerSignOut = "https://sso.example/end";
    await session.finishUnified({ state_token: "state", ticket: "ST-1" }, "key");
    await session.signOut();
    expect(left).toEqual(["https://sso.example/end"]);
    expect(session.state).toBe("signed_out");
  });
});
