import { detailPage } from "@/kit/detail/declare";

export default detailPage("exams.GetRegistration", {
  title: (registration) => registration.course_name ?? registration.course_code ?? "",
  state: "state",
  tabs: [
    {
      facts: [
        "course_code",
        "course_name",
        "exam_round_code",
        "exam_kind",
        "session_name",
        "starts_at",
        "state",
        "ended_by",
        "registered_at",
      ],
    },
    { timeline: "history" },
  ],
});
