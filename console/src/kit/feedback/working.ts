import { ref } from "vue";
import { useSubmit } from "./submit";

/** `useSubmit` of what may want some work of this computer first: `working` while it does it. */
export function useWorkingSubmit(act: (key: string, begins: () => void) => Promise<void>, content: () => unknown) {
  const working = ref(false);
  const { sending, problem, submit } = useSubmit(async (key) => {
    try {
      await act(key, () => (working.value = true));
    } finally {
      working.value = false;
    }
  }, content);
  return { sending, problem, submit, working };
}
