import { describe, expect, it } from "vitest";
import { askForCode, isCodeAsked, settleCode, wantsCode } from "./code";
import { Problem } from "./problem";

describe("a code of the second factor", () => {
  it.each([true, false])("is asked for once for everything that waits for it (%s)", async (isGiven) => {
    const asked = [askForCode(), askForCode()];
    expect(isCodeAsked.value).toBe(true);
    settleCode(isGiven);
    expect(await Promise.all(asked)).toEqual([isGiven, isGiven]);
    expect(isCodeAsked.value).toBe(false);
  });

  it.each([
    ["second_factor_again", true],
    ["second_factor_required", true],
    ["forbidden", false],
    ["wrong_code", false],
  ])("makes good what was refused for want of it alone (%s)", (code, isWanted) => {
    expect(wantsCode(new Problem(code, "", 403))).toBe(isWanted);
  });
});
