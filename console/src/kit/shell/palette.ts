/** What the command palette offers for a text: pages by their name, a student or a bill by its number. */
import { call } from "@/kit/contract";
import { number } from "@/kit/text/clean";
import type { MenuGroup } from "./menu";

export interface Suggestion {
  key: string;
  title: string;
  aside: string;
  to: string | { name: string; params: Record<string, string> };
}

const NUMBER = /^(?=.*\d)[A-Za-z0-9-]{4,30}$/;
const MOST = 5;

/** Whether a text may be the beginning of a number. */
export const isNumber = (text: string) => NUMBER.test(number(text));

/** The pages whose name or group has the text in it; all of them for an empty one. */
export function pagesFor(text: string, groups: readonly MenuGroup[]): Suggestion[] {
  const wanted = text.trim().toLowerCase();
  return groups.flatMap((group) =>
    group.items
      .filter(({ title }) => `${group.title} ${title}`.toLowerCase().includes(wanted))
      .map(({ name, path, title }) => ({ key: name, title, aside: group.title, to: path })),
  );
}

/** Students whose number begins so. */
export async function studentsFor(text: string): Promise<Suggestion[]> {
  const page = await call("registry.ListStudents", { student_number: number(text), size: MOST });
  return page.items.map(({ id, student_number, name, teaching_point_name }) => ({
    key: id,
    title: `${student_number} ${name}`,
    aside: `学生 · ${teaching_point_name ?? ""}`,
    to: { name: "registry.GetStudent", params: { student_id: id } },
  }));
}

/** Bills whose number, or whose student's number, begins so. */
export async function billsFor(text: string): Promise<Suggestion[]> {
  const page = await call("finance.ListBills", { search: number(text), size: MOST });
  return page.items.map((bill) => ({
    key: bill.id,
    title: `${bill.number} ${bill.student_name ?? ""}`,
    aside: `缴费单 · ${bill.course_name ?? ""}`,
    to: { name: "finance.GetBill", params: { bill_id: bill.id } },
  }));
}
