import { importPage } from "@/kit/imports/declare";

export default importPage("enrollment.ImportApplications", { template: "enrollment.GetApplicationImportTemplate" });
