import { importPage } from "@/kit/imports/declare";

export default importPage("registry.ImportStudents", { template: "registry.GetStudentImportTemplate" });
