import { Problem } from "./problem";
import { work } from "./work";

/**
 * Ask; where the server wants some work of this computer first, do it and ask once more with it. `working` hears when it
 * begins, which may take seconds. Raises a Problem.
 */
export async function afterWork<T>(ask: (solved?: string) => Promise<T>, working: () => void): Promise<T> {
  try {
    return await ask();
  } catch (reason) {
    if (!(reason instanceof Problem) || reason.code !== "work_required") throw reason;
    working();
    return await ask(await work(reason.challenge));
  }
}
