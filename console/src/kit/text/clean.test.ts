import { describe, expect, it } from "vitest";
import type { Field } from "@/kit/contract";
import { cleanerOf, documentNumber, mobile, money, number, pastedColumn } from "./clean";

describe("what is typed", () => {
  it("loses blanks, full width and what nobody sees, in numbers", () => {
    expect(number("２６３２ ０３０９\u200b 0610\u00a0０００１")).toBe("2632030906100001");
    expect(documentNumber("11010519491231002ｘ")).toBe("11010519491231002X");
  });

  it("keeps all digits of long numbers", () => {
    expect(number("123456789012345678")).toBe("123456789012345678");
  });

  it("is a mobile number however a phone copies it", () => {
    for (const text of ["139 1234 5678", "+86 139-1234-5678", "008613912345678", "１３９１２３４５６７８"])
      expect(mobile(text)).toBe("13912345678");
    expect(mobile("86139")).toBe("86139"); // still being typed
  });

  it("is an amount with currency signs, commas and the point of Chinese input", () => {
    expect(money("￥１，２３４。５０元")).toBe("1234.50");
    expect(money("¥ 385.00")).toBe("385.00");
  });

  it("is cleaned by what its field holds", () => {
    const field = (changes: Partial<Field>) =>
      ({ name: "x", label: "", kind: "number", required: false, ...changes }) as Field;
    expect(cleanerOf(field({ pattern: "^1[3-9][0-9]{9}$" }))("139-1234-5678")).toBe("13912345678");
    expect(cleanerOf(field({ name: "id_number" }))("1x")).toBe("1X");
    expect(cleanerOf(field({ kind: "money" }))("1,000")).toBe("1000");
    expect(cleanerOf(field({ kind: "free" }))("材料 不全，请补充")).toBe("材料 不全，请补充");
  });
});

describe("a column from a sheet", () => {
  it("is one value a cell, without empty ones and doubles", () => {
    expect(pastedColumn("2632001\r\n２６３２００２\n\n2632001\t2632003，2632004")).toEqual([
      "2632001",
      "2632002",
      "2632003",
      "2632004",
    ]);
  });
});
