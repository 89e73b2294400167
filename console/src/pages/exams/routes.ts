import { page } from "@/kit/pages";

export const routes = [
  page("/exams/rounds", "exams.ListExamRounds", () => import("./rounds")),
  page("/exams/rounds/:exam_round_id", "exams.GetExamRound", () => import("./round")),
  page(
    "/exams/rounds/:exam_round_id/:session_id/:course_id/attendance",
    "exams.RecordAttendance",
    () => import("./attendance/AttendancePage.vue"),
  ),
  page("/exams/registrations", "exams.ListRegistrations", () => import("./registrations")),
  page("/exams/registrations/:registration_id", "exams.GetRegistration", () => import("./registration")),
];
