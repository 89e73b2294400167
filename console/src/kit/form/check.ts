/** What the contract says against a form before it is sent. The server checks everything again, and says it better. */
import { itemOf, type AnyRequest, type Field } from "@/kit/contract";

export type Errors = Record<string, string>;

/** Dotted path → what is wrong there. `sent` is what would be sent. */
export function checked(fields: readonly Field[], sent: AnyRequest, above = ""): Errors {
  return Object.assign({}, ...fields.map((field) => one(field, sent[field.name], above + field.name))) as Errors;
}

function one(field: Field, value: unknown, path: string): Errors {
  if (value === undefined || value === null) return field.required ? { [path]: missing(field) } : {};
  if (Array.isArray(value)) return list(field, value, path);
  if (field.kind === "object") return checked(field.fields ?? [], value as AnyRequest, `${path}.`);
  const wrong =
    typeof value === "number" ? ofNumber(field, value) : typeof value === "string" ? ofText(field, value) : "";
  return wrong ? { [path]: wrong } : {};
}

const missing = ({ kind, choices }: Field) => (choices ? "请选择。" : kind === "file" ? "请上传文件。" : "必填。");

function list(field: Field, values: unknown[], path: string): Errors {
  const { min_items = field.required ? 1 : 0, max_items = Infinity } = field;
  if (values.length < min_items) return { [path]: `至少 ${min_items} 项。` };
  if (values.length > max_items) return { [path]: `至多 ${max_items} 项，请分批提交。` };
  return Object.assign({}, ...values.map((value, index) => one(itemOf(field), value, `${path}.${index}`))) as Errors;
}

function ofNumber({ min, max }: Field, value: number): string {
  if (min !== undefined && value < min) return `不能小于 ${min}。`;
  return max !== undefined && value > max ? `不能大于 ${max}。` : "";
}

const KINDS_OF_NUMBERS = new Set(["integer", "decimal"]);
const FORM = "格式不对，请按示例填写。";

function ofText({ kind, pattern, min_length, max_length }: Field, text: string): string {
  const length = [...text].length; // as the server counts: a rare character is one
  if (min_length !== undefined && length < min_length) return `至少 ${min_length} 个字符。`;
  if (max_length !== undefined && length > max_length) return `至多 ${max_length} 个字符。`;
  if (kind === "day" && !/^\d{4}-\d{2}-\d{2}$/.test(text)) return "请填写日期，例如 2026-09-01。";
  if (kind === "instant" && !text.includes("T")) return "请填写日期和时间，例如 2026-09-01 08:00。";
  if (kind === "id" && text.length !== 36) return "请从列表中选择。";
  if (KINDS_OF_NUMBERS.has(kind) && !pattern) return "请填写数字。";
  return pattern && !new RegExp(pattern, "u").test(text) ? FORM : "";
}
