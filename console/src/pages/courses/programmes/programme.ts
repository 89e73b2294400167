import { command, opening } from "@/kit/actions";
import type { Answer } from "@/kit/contract";
import { detailPage, related } from "@/kit/detail/declare";
import ProgrammeModules from "./ProgrammeModules.vue";
import ProgrammePoints from "./ProgrammePoints.vue";

type Programme = Answer<"courses.GetProgramme">;

const isDraft = ({ status }: Programme) => status === "draft";

export default detailPage("courses.GetProgramme", {
  title: ({ code, name }) => `${code} ${name}`,
  state: "status",
  tabs: [
    {
      facts: [
        "code",
        "name",
        "version_number",
        "status",
        "level",
        "student_type",
        "student_source",
        "major_code",
        "major_name",
        "schooling_length",
        "from_intake",
        "until_intake",
        "early_selection",
        "graduation",
        "degree",
      ],
    },
    { title: "模块与课程", own: ProgrammeModules },
    { title: "开设教学点", own: ProgrammePoints },
    related("courses.ListProgrammes", {
      title: "各版本",
      by: { search: "code" },
      columns: ["version_number", "code", "name", "from_intake", "until_intake", "status"],
      open: "courses.GetProgramme",
    }),
    { trail: "courses" },
  ],
  actions: [
    command("courses.PublishProgramme", { when: isDraft }),
    opening("courses.UpdateProgramme", { when: isDraft }),
    command("courses.CreateProgrammeVersion", {
      when: ({ status }: Programme) => status === "published",
      preset: () => ({ from_intake: "" }),
    }),
  ],
});
