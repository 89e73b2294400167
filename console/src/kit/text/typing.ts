/**
 * Enter and Escape while an input method is composing belong to it: they choose or drop a candidate. No part of the
 * page hears of them, so nothing is sent, closed or searched. Looked at once for the whole document.
 */
const KEYS = new Set(["Enter", "Escape", "ArrowDown", "ArrowUp", "Tab"]);
const KEY_OF_INPUT_METHOD = 229;
const AFTERWARDS = 80; // milliseconds: some browsers end the composition before the key that ended it arrives

/** Whether a key belongs to an input method. `ended` is when the last composition ended, as events count time. */
export function isOfInputMethod(event: KeyboardEvent, ended: number): boolean {
  if (!KEYS.has(event.key) && event.keyCode !== KEY_OF_INPUT_METHOD) return false;
  if (event.isComposing || event.keyCode === KEY_OF_INPUT_METHOD) return true;
  return event.key === "Enter" && event.timeStamp - ended < AFTERWARDS;
}

/** Keep such keys from everybody below `target`. Returns what ends it. */
export function guardTyping(target: Document): () => void {
  let ended = -Infinity;
  const onEnd = (event: CompositionEvent) => (ended = event.timeStamp);
  const onKey = (event: KeyboardEvent) => {
    if (!isOfInputMethod(event, ended)) return;
    event.stopImmediatePropagation();
    if (event.key === "Enter" && !event.isComposing && event.keyCode !== KEY_OF_INPUT_METHOD) event.preventDefault();
  };
  target.addEventListener("compositionend", onEnd, true);
  target.addEventListener("keydown", onKey, true);
  return () => {
    target.removeEventListener("compositionend", onEnd, true);
    target.removeEventListener("keydown", onKey, true);
  };
}
