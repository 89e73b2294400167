import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { exporting } from "@/kit/actions";
import { operation, type AnyRequest, type Name } from "@/kit/contract";
import { button, leave, shown, text } from "@/kit/testing";
import { columnsOfFiles } from "./columns";
import ExportDialog from "./ExportDialog.vue";

let sent: AnyRequest[];
vi.mock("@/kit/untyped", () => ({
  callAny: (_: Name, request: AnyRequest) => {
    sent.push(request);
    return Promise.resolve({ id: "finance.1", state: "waiting", created_at: "2026-09-01T00:00:00Z" });
  },
}));
beforeEach(() => {
  sent = [];
  sessionStorage.clear();
});
afterEach(leave);

const SHOWN = ["amount", "number"];
const dialog = () =>
  shown(ExportDialog, {
    action: exporting("finance.ExportBills"),
    asked: { status: "unpaid", size: 50 },
    fields: columnsOfFiles(operation("finance.ListBills").answer, SHOWN),
    shown: SHOWN,
  });
const box = (label: string) =>
  [...document.querySelectorAll("label")].find((each) => text(each) === label)!.querySelector("input")!;

it("a file has the columns of the page, and others that somebody chooses, with the page's filters", async () => {
  await dialog();
  await vi.waitFor(() => expect(box("缴费单号").checked).toBe(true));
  expect(box("课程名称").checked).toBe(false);
  box("课程名称").click();
  button("开始导出").click();
  await vi.waitFor(() => expect(sent).toHaveLength(1));
  expect(sent[0]).toEqual({ status: "unpaid", format: "xlsx", columns: ["amount", "number", "course_name"] });
});

it("a file without columns is not asked for", async () => {
  await dialog();
  await vi.waitFor(() => expect(box("金额").checked).toBe(true));
  box("金额").click();
  await vi.waitFor(() => expect(text()).toContain("已选 1 列"));
  box("缴费单号").click();
  await vi.waitFor(() => expect(button("开始导出").disabled).toBe(true));
  expect(text()).toContain("请至少选择一列。");
});
