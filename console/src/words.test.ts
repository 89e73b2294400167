import { expect, it } from "vitest";
import { choicesOf } from "./words";

it("lists codes in their own order, and words as the contract has them", () => {
  const ethnicities = choicesOf("EnterApplication.ethnicity").map(({ value, label }) => value + label);
  expect([...ethnicities.slice(0, 2), ethnicities[9]]).toEqual(["01汉族", "02蒙古族", "10朝鲜族"]);
  expect(choicesOf("Level").map(({ label }) => label)).toEqual(["高起专", "专升本", "高起本"]);
});
