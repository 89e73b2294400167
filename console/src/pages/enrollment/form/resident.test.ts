import { describe, expect, it } from "vitest";
import { checkDigit, readResident } from "./resident";

const TODAY = "2026-09-01";
const numberOf = (digits: string) => digits + checkDigit(digits);
const wrongWith = (number: string) => readResident(number, TODAY)?.wrong;

describe("a resident number", () => {
  it("tells birth date and gender", () => {
    expect(readResident(numberOf("32031119980520001"), TODAY)).toEqual({
      told: { birth_on: "1998-05-20", gender: "male" },
    });
    expect(readResident(numberOf("32031119980520002"), TODAY)).toEqual({
      told: { birth_on: "1998-05-20", gender: "female" },
    });
  });

  it("may end with X", () => {
    const number = [..."0123456789"]
      .map((digit) => numberOf(`3203111998052000${digit}`))
      .find((each) => /X$/.test(each));
    expect(wrongWith(number!)).toBeUndefined();
  });

  it("may be of somebody born on 29 February, where there was one", () => {
    expect(readResident(numberOf("32031120000229001"), TODAY)).toHaveProperty("told.birth_on", "2000-02-29");
    expect(wrongWith(numberOf("32031119990229001"))).toContain("出生日期");
  });

  it("is not judged while it is being typed", () => {
    expect(readResident("32031119980520001", TODAY)).toBeUndefined();
    expect(readResident("", TODAY)).toBeUndefined();
  });
});

describe("what is wrong with a resident number", () => {
  it("is its check digit, when one digit is another", () => {
    const number = numberOf("32031119980520001");
    expect(wrongWith(number)).toBeUndefined();
    expect(wrongWith(number.replace("9805", "9806"))).toContain("校验位");
    expect(wrongWith(number.replace("9805", "9850"))).toContain("校验位");
  });

  it("is its length, or what is no digit", () => {
    expect(wrongWith("3203111998052000144")).toContain("18 位");
    expect(wrongWith("32031119980520OO14")).toContain("只能是数字");
  });

  it("is a birth that is yet to come, or too long ago", () => {
    expect(wrongWith(numberOf("32031120260902001"))).toContain("出生日期");
    expect(wrongWith(numberOf("32031118991231001"))).toContain("出生日期");
  });
});
