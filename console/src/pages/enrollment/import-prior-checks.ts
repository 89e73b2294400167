import { importPage } from "@/kit/imports/declare";

export default importPage("enrollment.ImportPriorEducationChecks", {
  template: "enrollment.GetPriorEducationCheckImportTemplate",
});
