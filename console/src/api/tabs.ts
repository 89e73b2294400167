import { newKey } from "./keys";

const TAB = "jiaowu-tab-";

/** Other pages of this console in the same browser: one at a time does something, and all hear of it. */
export class Tabs<Message> {
  private readonly channel = new BroadcastChannel("jiaowu");
  private readonly own = TAB + newKey();
  // Pages that came without https have no locks: then each does for itself what one would do for all.
  private readonly locks: LockManager | undefined = navigator.locks;

  constructor(heard: (message: Message) => void) {
    this.channel.addEventListener("message", (event: MessageEvent<Message>) => heard(event.data));
    // Held as long as this page lives, by which the others know of it.
    void this.locks?.request(this.own, () => new Promise(() => {}));
  }

  tell(message: Message): void {
    this.channel.postMessage(message);
  }

  /** Whether there are others. */
  async any(): Promise<boolean> {
    const { held = [] } = (await this.locks?.query()) ?? {};
    return held.some(({ name }) => name?.startsWith(TAB) && name !== this.own);
  }

  /** Do something while no other does it. */
  async alone<T>(what: string, act: () => Promise<T>): Promise<T> {
    return this.locks ? await this.locks.request(`jiaowu-${what}`, act) : await act();
  }
}
