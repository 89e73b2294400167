/**
 * Days and instants. A day is text from the contract to the screen and never a `Date`: a browser's zone would move it.
 * Instants are shown and entered in China's time, wherever the browser is.
 */
import { halfWidth, seen } from "./clean";

const WHOLE_DAY = /^(\d{4})(\d{2})(\d{2})$/;
const PARTED_DAY = /^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?$/;
const TIME = /^(\d{1,2})[:：时](\d{1,2})(?:[:：分](\d{1,2})秒?)?分?$/;
const MINUTES_OF_OFFSET = 8 * 60;

const two = (part: string | number) => String(part).padStart(2, "0");

const zone = new Intl.DateTimeFormat("en-GB", {
  timeZone: "Asia/Shanghai",
  year: "numeric",
  month: "2-digit",
  day: "2-digit",
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  hourCycle: "h23",
});

/** The day that people wrote, as `2026-09-01`; null when it is none of the calendar's. */
export function dayOf(text: string): string | null {
  const plain = halfWidth(seen(text)).replace(/\s+/g, "");
  const parts = WHOLE_DAY.exec(plain) ?? PARTED_DAY.exec(plain);
  if (!parts) return null;
  const [year, month, day] = parts.slice(1).map(Number) as [number, number, number];
  const last = new Date(Date.UTC(year, month, 0)).getUTCDate();
  return month >= 1 && month <= 12 && day >= 1 && day <= last ? `${parts[1]}-${two(month)}-${two(day)}` : null;
}

/** The minute that people wrote (without a time: the day's first), as `2026-09-01 08:00`; null when it is none. */
export function minuteOf(text: string): string | null {
  const plain = halfWidth(seen(text))
    .trim()
    .replace("T", " ")
    .replace(/\s*([-/.:])\s*/g, "$1");
  const [dayText = "", timeText = "0:00"] = plain.split(/\s+|(?<=日)/).filter(Boolean);
  const day = dayOf(dayText);
  const time = TIME.exec(timeText);
  if (!day || !time) return null;
  const [hour, minute] = [Number(time[1]), Number(time[2])];
  return hour < 24 && minute < 60 ? `${day} ${two(hour)}:${two(minute)}` : null;
}

function parts(instant: string): Record<string, string> {
  return Object.fromEntries(zone.formatToParts(new Date(instant)).map(({ type, value }) => [type, value]));
}

/** An instant as it is read: `2026-09-01 08:00`, in China's time. */
export function shownInstant(instant: string): string {
  const { year, month, day, hour, minute } = parts(instant);
  return `${year}-${month}-${day} ${hour}:${minute}`;
}

/** The same to the second, where the order of steps matters. */
export function shownSecond(instant: string): string {
  return `${shownInstant(instant)}:${parts(instant).second}`;
}

/** A minute as `shownInstant` writes it, as an instant of the contract. */
export function instantOf(minute: string): string {
  return `${minute.replace(" ", "T")}:00+0${MINUTES_OF_OFFSET / 60}:00`;
}

/** Today in China. */
export function today(now: Date = new Date()): string {
  return shownInstant(now.toISOString()).slice(0, 10);
}
