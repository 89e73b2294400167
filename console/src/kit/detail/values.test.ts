import { expect, it } from "vitest";
import { wordOfValue } from "./values";

it("finds the word of a value by the name of its field, whichever of several enums it is of", () => {
  expect(wordOfValue("gender", "female")).toBe("女");
  expect(wordOfValue("status", "unpaid")).toBe("未缴费");
  expect(wordOfValue("status", "suspended")).toBe("休学");
  expect(wordOfValue("status", "nothing of the kind")).toBe("nothing of the kind");
  expect(wordOfValue("note", "female")).toBe("female");
});
