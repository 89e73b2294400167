import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { guardTyping, isOfInputMethod } from "./typing";

const key = (name: string, more: Partial<KeyboardEvent> = {}) =>
  ({ key: name, isComposing: false, keyCode: 13, timeStamp: 1000, ...more }) as KeyboardEvent;

describe("a key", () => {
  it("belongs to the input method while it composes", () => {
    expect(isOfInputMethod(key("Enter", { isComposing: true }), -Infinity)).toBe(true);
    expect(isOfInputMethod(key("Escape", { isComposing: true }), -Infinity)).toBe(true);
    expect(isOfInputMethod(key("Enter", { keyCode: 229 }), -Infinity)).toBe(true);
  });

  it("that ended the composition belongs to it, although it comes afterwards", () => {
    expect(isOfInputMethod(key("Enter"), 995)).toBe(true);
    expect(isOfInputMethod(key("Enter"), 500)).toBe(false);
    expect(isOfInputMethod(key("a"), 995)).toBe(false);
  });
});

describe("a page with the guard", () => {
  let stop: () => void;
  const heard = vi.fn();
  beforeEach(() => {
    stop = guardTyping(document);
    document.body.addEventListener("keydown", heard);
  });
  afterEach(() => {
    stop();
    document.body.removeEventListener("keydown", heard);
    heard.mockReset();
  });
  const press = (more: KeyboardEventInit) => {
    const event = new KeyboardEvent("keydown", { key: "Enter", bubbles: true, cancelable: true, ...more });
    document.body.dispatchEvent(event);
    return event;
  };

  it("hears nothing of the Enter that takes a candidate", () => {
    press({ isComposing: true });
    expect(heard).not.toHaveBeenCalled();
  });

  it("hears of every other Enter", () => {
    press({});
    expect(heard).toHaveBeenCalledTimes(1);
  });

  it("sends nothing by the Enter that comes right after the composition", () => {
    document.body.dispatchEvent(new CompositionEvent("compositionend", { bubbles: true }));
    expect(press({}).defaultPrevented).toBe(true);
    expect(heard).not.toHaveBeenCalled();
  });
});
