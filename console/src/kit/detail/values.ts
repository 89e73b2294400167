/** What values are called of which only the field's name is known, as audit entries have them. */
import table from "generated/operations.json";
import { choice, itemOf, type Field, type Operation } from "@/kit/contract";
import { choicesOf } from "@/words";

const inside = (field: Field): Field[] => [field, ...(field.fields ?? []).flatMap(inside), ...itemsOf(field)];
const itemsOf = (field: Field): Field[] => (field.items ? (itemOf(field).fields ?? []).flatMap(inside) : []);

/** The name of a field → the tables of values that fields of this name have, anywhere in the contracts. */
function tables(operations: readonly Operation[]): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>();
  for (const { name, choices } of operations.flatMap(({ request, answer }) => [...request, ...answer].flatMap(inside)))
    if (choices) found.set(name, (found.get(name) ?? new Set()).add(choices));
  return found;
}

let known: Map<string, Set<string>> | undefined;

/** The word of a value; itself where no field of the name has one for it. */
export function wordOfValue(name: string, value: string): string {
  known ??= tables(Object.values(table as unknown as Record<string, Operation>));
  const its = [...(known.get(name) ?? [])].find((each) => choicesOf(each).some((one) => one.value === value));
  return its ? choice(its, value) : value;
}
