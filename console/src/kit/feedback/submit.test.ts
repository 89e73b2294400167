import { describe, expect, it } from "vitest";
import { Problem } from "@/api/problem";
import { useSubmit } from "./submit";

/** A form whose server answers as told, one after the other. */
function form(...answers: (Problem | null)[]) {
  const keys: string[] = [];
  const content = { text: "a" };
  const { submit, problem, sending } = useSubmit(
    (key) => {
      keys.push(key);
      const answer = answers.shift();
      return answer ? Promise.reject(answer) : Promise.resolve();
    },
    () => content,
  );
  return { keys, content, submit, problem, sending };
}

const LOST = new Problem("offline", "");
const REFUSED = new Problem("validation_failed", "", 422);

describe("what is submitted", () => {
  it("keeps its key while nobody knows what became of it", async () => {
    const { keys, submit, problem } = form(LOST, null);
    await submit();
    expect(problem.value).toBe(LOST);
    await submit();
    expect(problem.value).toBeNull();
    expect(keys[1]).toBe(keys[0]);
  });

  it("has another key once it was carried out or refused", async () => {
    const { keys, submit } = form(null, REFUSED, null);
    await submit();
    await submit();
    await submit();
    expect(new Set(keys).size).toBe(3);
  });

  it("has another key when it says something else", async () => {
    const { keys, content, submit } = form(LOST, null);
    await submit();
    content.text = "b";
    await submit();
    expect(keys[1]).not.toBe(keys[0]);
  });

  it("is sent once however often the button is pressed", async () => {
    const { keys, submit, sending } = form(null);
    const first = submit();
    expect(sending.value).toBe(true);
    await Promise.all([first, submit()]);
    expect(keys).toHaveLength(1);
  });
});
