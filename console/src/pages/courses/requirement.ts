/** Whether a course has to be taken, and by whom. */
interface Placed {
  compulsory: boolean;
  degree_only: boolean;
}

export const requirementOf = ({ compulsory, degree_only }: Placed): string =>
  [compulsory ? "必修" : "选修", ...(degree_only ? ["仅学位意向"] : [])].join("，");
