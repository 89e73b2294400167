import { describe, expect, it } from "vitest";
import { Problem } from "@/api/problem";
import { useWorkingSubmit } from "./working";

describe("what may want work of this computer first", () => {
  it("says so from the moment in which it begins until it was sent or refused", async () => {
    const outcomes = [Promise.resolve(), Promise.reject(new Problem("bad_credentials", "密码不正确。", 401))];
    for (const outcome of outcomes) {
      const { submit, working } = useWorkingSubmit(
        async (_, begins) => {
          expect(working.value).toBe(false);
          begins();
          expect(working.value).toBe(true);
          await outcome;
        },
        () => "",
      );
      await submit();
      expect(working.value).toBe(false);
    }
  });

  it("says nothing where no work is wanted", async () => {
    const { submit, working, problem } = useWorkingSubmit(
      () => Promise.reject(new Problem("bad_credentials", "密码不正确。", 401)),
      () => "",
    );
    await submit();
    expect([working.value, problem.value?.code]).toEqual([false, "bad_credentials"]);
  });
});
