import { onScopeDispose, ref } from "vue";

/** Whole seconds that are left to wait; 0 where nobody has to. */
export function useCountdown() {
  const left = ref(0);
  let timer: ReturnType<typeof setInterval> | undefined;

  function wait(seconds: number): void {
    const until = performance.now() + seconds * 1000;
    const look = () => {
      left.value = Math.max(0, Math.ceil((until - performance.now()) / 1000));
      if (left.value === 0) clearInterval(timer);
    };
    clearInterval(timer);
    timer = setInterval(look, 250);
    look();
  }

  onScopeDispose(() => clearInterval(timer));
  return { left, wait };
}
