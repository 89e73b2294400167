/** The timetable of an exam round: its days, their sessions in the order of time, and what is sat in each. */
import type { Answer } from "@/kit/contract";
import { shownInstant } from "@/kit/text/moments";

export type Round = Answer<"exams.GetExamRound">;
export type Session = Round["sessions"][number];
export type Course = Round["courses"][number];

export interface Slot {
  session: Session;
  /** `09:00–10:30`. */
  time: string;
  courses: Course[];
}

export interface ExamDay {
  /** `2027-01-09`. */
  day: string;
  weekday: string;
  slots: Slot[];
}

const DAY_LENGTH = 10;
const WEEKDAYS = ["周日", "周一", "周二", "周三", "周四", "周五", "周六"] as const;

const dayOf = (instant: string) => shownInstant(instant).slice(0, DAY_LENGTH);
const timeOf = (instant: string) => shownInstant(instant).slice(DAY_LENGTH + 1);
const weekdayOf = (day: string) => WEEKDAYS[new Date(`${day}T00:00:00Z`).getUTCDay()] ?? "";

/** From when until when; with the day where it ends on another. */
function spanOf({ starts_at, ends_at }: Session): string {
  const end = dayOf(starts_at) === dayOf(ends_at) ? timeOf(ends_at) : shownInstant(ends_at);
  return `${timeOf(starts_at)}–${end}`;
}

/** The days on which exams are sat. */
export function daysOf({ sessions, courses }: Pick<Round, "sessions" | "courses">): ExamDay[] {
  const days = new Map<string, ExamDay>();
  const inOrder = [...sessions].sort((one, other) => Date.parse(one.starts_at) - Date.parse(other.starts_at));
  for (const session of inOrder) {
    const day = dayOf(session.starts_at);
    const found = days.get(day) ?? { day, weekday: weekdayOf(day), slots: [] };
    const own = courses.filter(({ session_id }) => session_id === session.id);
    own.sort((one, other) => one.course_code.localeCompare(other.course_code));
    found.slots.push({ session, time: spanOf(session), courses: own });
    days.set(day, found);
  }
  return [...days.values()];
}

/** How a session is told from others: `第1场 2027-01-09 09:00`. */
export const sessionTitle = ({ name, starts_at }: Session) => `${name} ${shownInstant(starts_at)}`;
