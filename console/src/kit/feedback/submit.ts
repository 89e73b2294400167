import { ref, shallowRef } from "vue";
import { newKey } from "@/api/keys";
import { Problem } from "@/api/problem";

/**
 * Something that is sent once at a time. The key stays the same until it was carried out, or was refused for what it
 * said, or `content` has changed: whatever is sent again because nobody knows what became of it is done once.
 */
export function useSubmit(act: (key: string) => Promise<void>, content: () => unknown) {
  const sending = ref(false);
  const problem = shallowRef<Problem | null>(null);
  let key = "";
  let sent = "";

  async function submit(): Promise<void> {
    if (sending.value) return;
    sending.value = true;
    problem.value = null;
    const now = JSON.stringify(content());
    if (now !== sent) key = newKey();
    sent = now;
    try {
      await act(key);
      sent = "";
    } catch (reason) {
      if (!(reason instanceof Problem)) throw reason;
      problem.value = reason;
      if (!reason.passes) sent = "";
    } finally {
      sending.value = false;
    }
  }

  return { sending, problem, submit };
}
