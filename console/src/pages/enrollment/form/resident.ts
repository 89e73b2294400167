/** What a resident ID number tells, and what is seen to be wrong with it while it is typed (GB 11643-1999). */
import type { Request } from "@/kit/contract";

export interface Told {
  birth_on: string;
  gender: Request<"enrollment.EnterApplication">["gender"];
}
export interface Reading {
  told?: Told;
  wrong?: string;
}

const LENGTH = 18;
const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2] as const;
const CHECK_DIGITS = "10X98765432";
const OLDEST = "1900-01-01";

/** The last character, from the 17 digits before it (ISO 7064 MOD 11-2). */
export const checkDigit = (digits: string): string =>
  CHECK_DIGITS[WEIGHTS.reduce((sum, weight, place) => sum + weight * Number(digits[place]), 0) % 11]!;

/** Read a whole number; nothing is said of one that is still being typed. `today` is a day as `2026-09-01`. */
export function readResident(number: string, today: string): Reading | undefined {
  if (number.length < LENGTH) return undefined;
  if (number.length > LENGTH) return { wrong: "身份证号须为 18 位，请核对。" };
  if (!/^\d{17}[\dX]$/.test(number)) return { wrong: "身份证号只能是数字，末位可为 X，请核对。" };
  if (checkDigit(number) !== number.at(-1)) return { wrong: "身份证号校验位不对，请对照证件核对每一位。" };
  const birth_on = `${number.slice(6, 10)}-${number.slice(10, 12)}-${number.slice(12, 14)}`;
  if (!isDay(birth_on) || birth_on < OLDEST || birth_on > today)
    return { wrong: "身份证号中的出生日期不存在，请核对。" };
  return { told: { birth_on, gender: Number(number[16]) % 2 ? "male" : "female" } };
}

function isDay(text: string): boolean {
  const day = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text);
}
