import { defineStore } from "pinia";
import { ref, shallowRef } from "vue";
import type { components } from "generated/api";
import { good, http } from "./http";
import type { Answer, Request } from "./operations";
import { Problem } from "./problem";
import { Tabs } from "./tabs";
import { afterWork } from "./working";

export type Account = components["schemas"]["AccountView"];
type Tokens = Answer<"identity.SignIn">;

/** `expired`: somebody was signed in and has to sign in again, while what they see and typed stays. */
export type SessionState = "unknown" | "signed_out" | "signed_in" | "expired";

type Message =
  | { kind: "who has a token" }
  | { kind: "token"; token: string; milliseconds: number; account: Account }
  | { kind: "signed out" };

// The refresh token comes and goes as a cookie that no script reads. A form of another site can't send this header.
const COOKIE = { "Session-Cookie": "yes" } as const;
const BY_COOKIE = { params: { header: COOKIE }, body: {} };
/** Milliseconds before its end from which on a token is not used any more. */
const MARGIN = 15_000;
/** Milliseconds that another tab has to answer. */
const PATIENCE = 300;

export const useSession = defineStore("session", () => {
  const account = shallowRef<Account | null>(null);
  const state = ref<SessionState>("unknown");
  // Beside the store, so that nothing that shows or keeps stores has it.
  let token: { text: string; until: number } | null = null;
  let bad = "";
  let renewing: Promise<void> | null = null;
  const waiting: (() => void)[] = [];
  const tabs = new Tabs<Message>(hear);

  /** A token that is good now; waits while somebody has to sign in again. Raises a Problem. */
  async function valid(): Promise<string> {
    while (!isFresh()) {
      if (state.value === "expired") await new Promise<void>((resolve) => waiting.push(resolve));
      else if (state.value === "signed_out") throw new Problem("unauthenticated", "请先登录。", 401);
      else await renew();
    }
    return token!.text;
  }

  /** The server did not take this token: another is needed. */
  function refused(text: string): void {
    bad = text;
    if (token?.text === text) token = null;
  }

  /** Find out whether somebody is signed in. Raises a Problem when the server can't be asked. */
  async function restore(): Promise<void> {
    if (state.value === "unknown") await renew();
  }

  /** Get new tokens: by the tab that is first, for all. */
  function renew(): Promise<void> {
    renewing ??= alone(async () => {
      if (!isFresh() && !(await askedOthers())) await refresh();
    }).finally(() => (renewing = null));
    return renewing;
  }

  /** Get new tokens, although the present one is good: the account has changed. */
  function reload(): Promise<void> {
    return alone(refresh);
  }

  /** Of all tabs one at a time: an answer that a session has ended must not come after another has begun. */
  function alone<T>(act: () => Promise<T>): Promise<T> {
    return tabs.alone("session", act);
  }

  async function refresh(): Promise<void> {
    try {
      await adopt(good(http.POST("/api/v1/sessions/refresh", BY_COOKIE)));
    } catch (reason) {
      if (!(reason instanceof Problem) || reason.status !== 401) throw reason;
      token = null;
      state.value = account.value ? "expired" : "signed_out";
    }
  }

  /**
   * Raises a Problem. The same key as in vain before opens the same session, should it have been opened then.
   * `working` hears when this computer has to do some work first, which may take seconds.
   */
  async function signIn(username: string, password: string, key: string, working: () => void): Promise<void> {
    const header = { ...COOKIE, "Idempotency-Key": key };
    const ask = (solved?: string) =>
      alone(() =>
        adopt(good(http.POST("/api/v1/sessions", { params: { header }, body: { username, password, work: solved } }))),
      );
    await afterWork(ask, working);
  }

  /** Where this browser signs in by a provider, to come back to a path of ours. Raises a Problem. */
  async function beginUnified(provider: string, path: string, key: string, working: () => void): Promise<string> {
    const header = { ...COOKIE, "Idempotency-Key": key };
    const body = { sign_in_provider_id: provider, return_path: path };
    // One at a time: the first start gives this browser the cookie that all others are known by.
    const ask = (solved?: string) =>
      alone(() =>
        good(http.POST("/api/v1/sessions/unified-starts", { params: { header }, body: { ...body, work: solved } })),
      );
    return (await afterWork(ask, working)).data.address;
  }

  /** Come in with what a provider gave, and hear where to go then. Raises a Problem. */
  async function finishUnified(given: Request<"identity.FinishUnifiedSignIn">, key: string): Promise<string> {
    const header = { ...COOKIE, "Idempotency-Key": key };
    return alone(async () => {
      const answered = await good(http.POST("/api/v1/sessions/unified", { params: { header }, body: given }));
      await adopt(Promise.resolve(answered));
      return answered.data.return_path;
    });
  }

  /** Raises a Problem. All other sessions of the account end. */
  async function changePassword(body: Request<"identity.ChangePassword">, key: string): Promise<void> {
    const header = { ...COOKIE, "Idempotency-Key": key };
    const headers = { Authorization: `Bearer ${await valid()}` };
    await alone(() => adopt(good(http.POST("/api/v1/account/password", { params: { header }, headers, body }))));
  }

  /** In all tabs, and at the provider. Raises a Problem when the server can't be told: then nobody is signed out. */
  async function signOut(): Promise<void> {
    const { data } = await alone(() => good(http.POST("/api/v1/sessions/sign-out", BY_COOKIE)));
    tabs.tell({ kind: "signed out" });
    leave(data.provider_sign_out ?? undefined);
  }

  /** Whether the person may do what wants this permission. */
  function may(permission: string): boolean {
    if (permission === "public" || permission === "signed_in") return true;
    return account.value !== null && permission in account.value.permissions;
  }

  function isFresh(): boolean {
    return token !== null && performance.now() < token.until - MARGIN;
  }

  async function adopt(answered: Promise<{ data: Tokens; response: Response }>): Promise<void> {
    const { data, response } = await answered;
    // By the server's clock: that of an office's computer may be wrong.
    const now = Date.parse(response.headers.get("Date") ?? "") || Date.now();
    const milliseconds = Date.parse(data.access_expires_at) - now;
    tabs.tell({ kind: "token", token: data.access_token, milliseconds, account: data.account });
    take(data.access_token, milliseconds, data.account);
  }

  function take(text: string, milliseconds: number, whose: Account): void {
    if (account.value !== null && account.value.user_id !== whose.user_id) {
      location.assign("/"); // what is shown and kept here is another person's
      return;
    }
    token = { text, until: performance.now() + milliseconds };
    account.value = whose;
    state.value = "signed_in";
    waiting.splice(0).forEach((go) => go());
  }

  function tellToken(): void {
    if (token === null || account.value === null || !isFresh()) return;
    const milliseconds = token.until - performance.now();
    tabs.tell({ kind: "token", token: token.text, milliseconds, account: account.value });
  }

  /** Whether another tab had a token that is good, which we have now. */
  async function askedOthers(): Promise<boolean> {
    if (!(await tabs.any())) return false;
    tabs.tell({ kind: "who has a token" });
    const until = performance.now() + PATIENCE;
    while (!isFresh() && performance.now() < until) await new Promise((resolve) => setTimeout(resolve, 10));
    return isFresh();
  }

  function hear(message: Message): void {
    if (message.kind === "signed out") leave();
    else if (message.kind === "who has a token") tellToken();
    else if (message.token !== bad) take(message.token, message.milliseconds, message.account);
  }

  /** Nothing of what somebody saw stays in memory; until this page is gone it gives its token to no other. */
  function leave(to = "/sign-in"): void {
    token = null;
    state.value = "signed_out";
    location.assign(to);
  }

  return {
    ...{ account, state, token: valid, refused, restore, reload, may },
    ...{ signIn, beginUnified, finishUnified, changePassword, signOut },
  };
});
