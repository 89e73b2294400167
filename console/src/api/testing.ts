/** What tests have in place of a server and of a browser's locks. */

interface Asked {
  path: string;
  headers: Headers;
  body: Record<string, unknown>;
}

const SECONDS = 300;

/** Signs in and refreshes as the gateway does, with the cookie as a member. */
export class FakeServer {
  /** Whom the browser's cookie belongs to. */
  signedIn: string | null = null;
  down = false;
  wantsWork = false;
  /** Where whoever signed in by a provider signs out there. */
  providerSignOut: string | null = null;
  clock = Date.now();
  readonly refuses = new Set<string>();
  readonly asked: Asked[] = [];
  private made = 0;

  readonly fetch = async (request: Request): Promise<Response> => {
    if (this.down) throw new TypeError("Failed to fetch");
    const text = await request.text();
    const body = text ? (JSON.parse(text) as Record<string, unknown>) : {};
    const asked = { path: new URL(request.url).pathname, headers: request.headers, body };
    this.asked.push(asked);
    return this.answer(asked);
  };

  count(path: string): number {
    return this.asked.filter((each) => each.path === path).length;
  }

  private answer({ path, headers, body }: Asked): Response {
    if (path === "/api/v1/sessions") return this.signIn(body);
    if (path === "/api/v1/sessions/refresh") return this.signedIn ? this.tokens() : this.refusal(401, "session_ended");
    if (path === "/api/v1/sessions/unified-starts") return this.begin(body);
    if (path === "/api/v1/sessions/unified") return this.finish();
    if (path === "/api/v1/sessions/sign-out") {
      this.signedIn = null;
      return this.json(200, { provider_sign_out: this.providerSignOut });
    }
    const token = headers.get("Authorization")?.replace("Bearer ", "") ?? "";
    return this.refuses.has(token) ? this.refusal(401, "token_revoked") : this.json(200, this.account());
  }

  private signIn(body: Record<string, unknown>): Response {
    if (this.wantsWork && body.work !== "solved") return this.refusal(428, "work_required", { challenge: {} });
    this.signedIn = body.username as string;
    return this.tokens();
  }

  private begin(body: Record<string, unknown>): Response {
    if (this.wantsWork && body.work !== "solved") return this.refusal(428, "work_required", { challenge: {} });
    return this.json(200, { address: "https://sso.example/auth" });
  }

  private finish(): Response {
    this.signedIn = "zhang";
    return this.tokens({ return_path: "/finance/bills" });
  }

  private tokens(more: object = {}): Response {
    this.made += 1;
    const until = new Date(this.clock + SECONDS * 1000).toISOString();
    const tokens = { access_token: `token-${this.made}`, access_expires_at: until, refresh_expires_at: until };
    return this.json(200, { ...tokens, account: this.account(), ...more });
  }

  private account() {
    const permissions = { "finance.read_bills": "school" };
    return { user_id: this.signedIn, username: this.signedIn, permissions, first_steps: [], version: 1 };
  }

  private refusal(status: number, code: string, more: object = {}): Response {
    return this.json(status, { code, detail: code, ...more });
  }

  private json(status: number, content: object): Response {
    const headers = { "Content-Type": "application/json", Date: new Date(this.clock).toUTCString() };
    return new Response(JSON.stringify(content), { status, headers });
  }
}

type Act<T> = (lock: Lock | null) => Promise<T>;

/** The locks of one browser. */
export class FakeLocks {
  private readonly held = new Map<string, Promise<unknown>>();

  async request<T>(name: string, act: Act<T>): Promise<T> {
    const before = this.held.get(name);
    const doing = (async () => {
      await before?.catch(() => {});
      return act(null);
    })();
    this.held.set(name, doing);
    try {
      return await doing;
    } finally {
      if (this.held.get(name) === doing) this.held.delete(name);
    }
  }

  query(): Promise<LockManagerSnapshot> {
    return Promise.resolve({ held: [...this.held.keys()].map((name) => ({ name })) });
  }
}

/** The channel over which the pages of one browser hear each other. */
export function fakeChannel() {
  const open: EventTarget[] = [];
  return class extends EventTarget {
    constructor() {
      super();
      open.push(this);
    }

    postMessage(data: unknown): void {
      const others = open.filter((each) => each !== this);
      queueMicrotask(() => others.forEach((each) => each.dispatchEvent(new MessageEvent("message", { data }))));
    }
  };
}
