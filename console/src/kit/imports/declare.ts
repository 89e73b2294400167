/**
 * The page of an import is declared by its two operations.
 *
 *     export default importPage("registry.ImportStudents", { template: "registry.GetStudentImportTemplate" });
 */
import { defineComponent, h, type Component } from "vue";
import type { Name } from "@/kit/contract";
import ImportPage from "./ImportPage.vue";

export function importPage(name: Name, { template }: { template: Name }): Component {
  return defineComponent({ name: `import ${name}`, setup: () => () => h(ImportPage, { name, template }) });
}
