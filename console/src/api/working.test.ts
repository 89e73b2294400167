import { expect, it, vi } from "vitest";
import { Problem } from "./problem";
import { afterWork } from "./working";

vi.mock("./work", () => ({ work: (challenge: unknown) => Promise.resolve(`solved ${String(challenge)}`) }));

const wanted = new Problem("work_required", "", 429, [], null, null, "a challenge");

it("asks again with the work that was wanted, and says that it began", async () => {
  const working = vi.fn();
  const asked = vi.fn((solved?: string) => (solved ? Promise.resolve(solved) : Promise.reject(wanted)));
  await expect(afterWork(asked, working)).resolves.toBe("solved a challenge");
  expect(asked).toHaveBeenCalledTimes(2);
  expect(working).toHaveBeenCalledOnce();
});

it("asks once where no work is wanted", async () => {
  const working = vi.fn();
  await expect(afterWork(() => Promise.resolve("done"), working)).resolves.toBe("done");
  expect(working).not.toHaveBeenCalled();
});

it("passes every other refusal on", async () => {
  const refused = new Problem("asked_too_often", "", 429);
  await expect(afterWork(() => Promise.reject(refused), vi.fn())).rejects.toBe(refused);
});
