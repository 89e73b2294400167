import { describe, expect, it } from "vitest";
import { daysOf, type Course, type Session } from "./days";

const session = (id: string, starts_at: string, ends_at: string): Session => ({
  id,
  exam_round_id: "r",
  name: `场次 ${id}`,
  starts_at,
  ends_at,
  version: 1,
});
const course = (course_code: string, session_id: string): Course => ({
  id: course_code,
  course_id: `id of ${course_code}`,
  course_code,
  course_name: course_code,
  session_id,
  version: 1,
});

describe("the timetable", () => {
  it("has the days and sessions in the order of time, by the clock of China", () => {
    const sessions = [
      session("3", "2027-01-10T01:00:00Z", "2027-01-10T02:30:00Z"),
      session("2", "2027-01-09T06:00:00Z", "2027-01-09T07:30:00Z"), // as text before the next, by the clock behind it
      session("1", "2027-01-09T09:00:00+08:00", "2027-01-09T10:30:00+08:00"),
      session("0", "2027-01-08T16:30:00Z", "2027-01-08T17:00:00Z"), // half past midnight in China
    ];
    const days = daysOf({ sessions, courses: [] });
    expect(days.map(({ day, weekday, slots }) => [day, weekday, slots.map(({ time }) => time)])).toEqual([
      ["2027-01-09", "周六", ["00:30–01:00", "09:00–10:30", "14:00–15:30"]],
      ["2027-01-10", "周日", ["09:00–10:30"]],
    ]);
  });

  it("puts each course into its session, by code", () => {
    const sessions = [
      session("1", "2027-01-09T09:00:00+08:00", "2027-01-09T10:30:00+08:00"),
      session("2", "2027-01-09T14:00:00+08:00", "2027-01-09T15:30:00+08:00"),
    ];
    const courses = [course("01003", "1"), course("01001", "1"), course("01002", "2")];
    const slots = daysOf({ sessions, courses }).flatMap((day) => day.slots);
    expect(slots.map((slot) => slot.courses.map(({ course_code }) => course_code))).toEqual([
      ["01001", "01003"],
      ["01002"],
    ]);
  });

  it("names the day of an end that is on another", () => {
    const night = session("1", "2027-01-09T23:00:00+08:00", "2027-01-10T01:00:00+08:00");
    expect(daysOf({ sessions: [night], courses: [] })[0]?.slots[0]?.time).toBe("23:00–2027-01-10 01:00");
  });
});
