/** Values of settings: what each can be says its schema, not the contract. */
import { choice, type AnyRow, type Field } from "@/kit/contract";
import { NOTHING } from "@/kit/text/show";

/** The services of which the school sets something. */
export type WithSettings = "identity" | "enrollment" | "finance";

/** The part of JSON Schema by which settings say what their values can be. */
export interface ValueSchema {
  type?: string;
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  pattern?: string;
  contentMediaType?: string;
  maxItems?: number;
  items?: { $ref?: string };
  $defs?: Record<string, { title?: string }>;
}

const LONG = 200; // signs; what is longer is no text that people entered

/** Of the field `value` what a setting's schema says. */
export function fieldOfSchema(schema: ValueSchema): Partial<Field> {
  return { ...kindOf(schema), example: undefined }; // that of the contract is of another setting
}

function kindOf(schema: ValueSchema): Partial<Field> {
  if (schema.contentMediaType === "image/png")
    return { kind: "picture", required: false, max_length: schema.maxLength };
  if (schema.type === "integer") return { kind: "integer", min: schema.minimum, max: schema.maximum };
  const choices = choicesIn(schema);
  if (choices) return { kind: "list", required: false, max_items: schema.maxItems, items: { kind: "enum", choices } };
  if (schema.type === "boolean") return { kind: "boolean", nullable: false };
  return { kind: "title", min_length: schema.minLength, max_length: schema.maxLength, pattern: schema.pattern };
}

/** Of a list of choices the table of `words.choices` that has their words. */
function choicesIn({ type, items, $defs }: ValueSchema): string | undefined {
  const defined = type === "array" ? items?.$ref?.split("/").pop() : undefined;
  return defined && $defs?.[defined]?.title;
}

/** A value as it is read, in its unit; the names of a list's choices are those of its schema. */
export function shownValue(value: unknown, unit?: string | null, schema: ValueSchema = {}): string {
  if (value === "" || value === null || value === undefined) return NOTHING;
  if (typeof value === "boolean") return value ? "是" : "否";
  const choices = choicesIn(schema);
  if (choices && Array.isArray(value)) return value.map((each) => choice(choices, String(each))).join("、") || NOTHING;
  if (typeof value === "object") return JSON.stringify(value);
  const text = String(value);
  if (text.length > LONG) return "（图片）";
  return unit ? `${text} ${choice("SettingUnit", unit)}` : text;
}

/** Whether a setting is a picture. */
export const isPicture = ({ value_schema }: AnyRow) => (value_schema as ValueSchema).contentMediaType === "image/png";
