import { choices } from "generated/words.json";

export { actions, fields, permissions, services, tasks, things, workflows } from "generated/words.json";

/** What a value is called, by the table that `Field.choices` names; the value itself where nobody named it. */
export function choice(table: string, value: string): string {
  return all[table]?.[value] ?? value;
}

/** All values of a table with what they are called, in its order. */
export function choicesOf(table: string): { value: string; label: string }[] {
  const found = Object.entries(all[table] ?? {}).map(([value, label]) => ({ value, label }));
  // Of an object, JavaScript lists `10` ahead of `01`: codes stand in their own order.
  return found.every(({ value }) => /^\d+$/.test(value)) ? found.sort(byValue) : found;
}

const byValue = (one: { value: string }, other: { value: string }) => one.value.localeCompare(other.value);

const all: Record<string, Record<string, string>> = choices;
