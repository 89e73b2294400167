import { page } from "@/kit/pages";

const hidden = { inMenu: false };

export const routes = [
  page("/courses/select", "courses.SelectCourses", () => import("./select/students"), { title: "代学生选课" }),
  page("/courses/select/:student_id", "courses.GetPlan", () => import("./select/PlanPage.vue")),
  page("/courses/batch-selection", "courses.SelectCoursesInBatch", () => import("./batch/BatchPage.vue")),
  page("/courses/selections", "courses.ListSelections", () => import("./selections"), { title: "选课记录" }),
  page("/courses/selections/:selection_id", "courses.GetSelection", () => import("./selection")),
  page("/courses/withdrawals", "courses.ListWithdrawals", () => import("./withdrawals/WithdrawalsPage.vue"), {
    title: "退课申请",
  }),
  page("/courses/withdrawals/request", "courses.RequestWithdrawals", () => import("./withdrawals/RequestPage.vue"), {
    ...hidden,
    title: "添加退课申请",
  }),
  page("/courses/withdrawals/:withdrawal_id", "courses.GetWithdrawal", () => import("./withdrawals/withdrawal")),
  page("/courses/rounds", "courses.ListSelectionRounds", () => import("./rounds/rounds")),
  page("/courses/rounds/:selection_round_id", "courses.GetSelectionRound", () => import("./rounds/round")),
  page("/courses/statistics", "courses.GetSelectionStatistics", () => import("./statistics/StatisticsPage.vue")),
  page("/courses/programmes", "courses.ListProgrammes", () => import("./programmes/programmes")),
  page(
    "/courses/programmes/new",
    "courses.CreateProgramme",
    () => import("./programmes/CreateProgrammePage.vue"),
    hidden,
  ),
  page("/courses/programmes/:programme_id", "courses.GetProgramme", () => import("./programmes/programme")),
  page(
    "/courses/programmes/:programme_id/edit",
    "courses.UpdateProgramme",
    () => import("./programmes/EditProgrammePage.vue"),
  ),
  page("/courses/courses", "courses.ListCourses", () => import("./catalogue/courses")),
  page("/courses/courses/:course_id", "courses.GetCourse", () => import("./catalogue/course")),
  page("/courses/terms", "courses.ListTerms", () => import("./terms"), { title: "学期" }),
];
