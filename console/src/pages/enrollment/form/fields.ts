/** How the form of an application is laid out, and what is known of its fields beside the contract. */
import { fieldOf, operation, type Field } from "@/kit/contract";
import type { Section } from "@/kit/form/guide";
import { ELEMENTS } from "@/kit/list/narrow";

export type FormName = "enrollment.EnterApplication" | "enrollment.UpdateApplication";

export const SECTIONS: readonly Section[] = [
  { name: "elements", title: "报考信息", fields: ["admission_round_id", "teaching_point_id", ...ELEMENTS] },
  {
    name: "person",
    title: "报名人",
    fields: ["name", "id_kind", "id_number", "gender", "birth_on", "ethnicity", "political_status"],
  },
  {
    name: "document",
    title: "证件信息",
    fields: ["issuing_authority", "id_valid_from", "id_valid_until", "card_address"],
  },
];

/** Every element is chosen, also those for which the contract has a value; who applies can be called. */
export function particular(name: FormName): Record<string, Partial<Field>> {
  const contact = fieldOf(operation(name).request, "contact")?.fields ?? [];
  const reached = contact.map((field) => (field.name === "mobile" ? { ...field, required: true } : field));
  return {
    ...Object.fromEntries(ELEMENTS.map((element) => [element, { required: true }])),
    contact: { fields: reached },
  };
}
