// Shows a JSON Schema as a tree that opens level by level.

import { h, marked } from "./dom.js";
import { isEnglish, t } from "./texts.js";

const resolve = (schema, schemas) => (schema.$ref ? schemas[schema.$ref.split("/").pop()] : schema);

const alternatives = (schema) => (schema.anyOf ?? schema.oneOf ?? [schema]).filter((option) => option.type !== "null");

export function typeName(schema, schemas) {
  const options = schema.anyOf ?? schema.oneOf;
  if (options) return options.map((option) => typeName(option, schemas)).join(" | ");
  const found = resolve(schema, schemas);
  if (found.enum) return found.enum.map((value) => JSON.stringify(value)).join(" | ");
  if (found.const !== undefined) return JSON.stringify(found.const);
  if (found.type === "array") return `${found.items ? typeName(found.items, schemas) : "any"}[]`;
  if (schema.$ref && found.type === "object") return found.title ?? "object";
  return [found.type ?? "any", found.format && `(${found.format})`, limits(found)].filter(Boolean).join(" ");
}

function limits(schema) {
  const parts = [
    schema.minLength != null && `≥ ${schema.minLength}`, schema.maxLength != null && `≤ ${schema.maxLength}`,
    schema.minimum != null && `≥ ${schema.minimum}`, schema.maximum != null && `≤ ${schema.maximum}`,
    schema.pattern && schema.pattern.length < 40 && schema.pattern,
  ].filter(Boolean);
  return parts.length ? `[${parts.join(", ")}]` : "";
}

// What people call a field.
export const title = (field) => (isEnglish() ? field["x-title-en"] : field.title) ?? "";

// What people call each value that a field, or what it is a list of, may have.
export function choices(field, schemas) {
  const found = wordsOf(field, schemas);
  if (!found) return null;
  const rows = Object.entries(found).map(([value, word]) => h("li", {}, h("code", {}, value), ` ${isEnglish() ? word.en : word.zh}`));
  return h("details", { class: "choices" }, h("summary", { class: "note" }, `${t("choices")} · ${rows.length}`), h("ul", {}, rows));
}

function wordsOf(schema, schemas) {
  const found = resolve(schema, schemas);
  if (schema["x-words"] ?? found["x-words"]) return schema["x-words"] ?? found["x-words"];
  const inside = found.items ? [found.items] : alternatives(found).filter((option) => option !== found);
  return inside.map((option) => wordsOf(option, schemas)).find(Boolean);
}

export function schemaTree(schema, schemas, depth = 0) {
  const found = resolve(schema, schemas);
  if (found.type === "array" && found.items) return schemaTree(found.items, schemas, depth);
  const options = alternatives(found);
  if (options.length === 1 && options[0] !== found) return schemaTree(options[0], schemas, depth);
  const properties = Object.entries(found.properties ?? {});
  if (!properties.length) return null;
  const required = new Set(found.required ?? []);
  return h("div", { class: "schema" }, properties.map(([name, field]) => fieldRow(name, field, required.has(name), schemas, depth)));
}

function fieldRow(name, field, isRequired, schemas, depth) {
  const head = [
    h("code", {}, name), ` ${title(field)} `, h("span", { class: "type" }, typeName(field, schemas)),
    isRequired ? h("span", { class: "required" }, ` ${t("required")}`) : null,
    field.description ? h("div", { class: "note" }, marked(field.description)) : null,
  ];
  if (!hasInside(field, schemas)) return h("div", { class: "field" }, head, choices(field, schemas));
  const details = h("details", { class: "field" }, h("summary", {}, head));
  details.addEventListener("toggle", () => {
    if (details.open && details.childElementCount === 1) details.append(schemaTree(field, schemas, depth + 1) ?? "");
  });
  return details;
}

function hasInside(schema, schemas) {
  const found = resolve(schema, schemas);
  if (found.type === "array" && found.items) return hasInside(found.items, schemas);
  const options = alternatives(found);
  if (options.length === 1 && options[0] !== found) return hasInside(options[0], schemas);
  return Boolean(found.properties && Object.keys(found.properties).length);
}
