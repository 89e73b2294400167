import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { nextTick, reactive } from "vue";
import { Problem } from "@/api/problem";
import type { AnyRequest, Name } from "@/kit/contract";
import { button, enter, leave, shown, text } from "@/kit/testing";
import type { Guide } from "./guide";
import OperationForm from "./OperationForm.vue";

const NAME: Name = "registry.RemoveStudent";
const GIVEN = { student_id: "0199c3a0-0000-7000-8000-000000000001", version: 3 };

let sent: AnyRequest[];
let answers: (() => unknown)[];

vi.mock("@/kit/untyped", () => ({
  callAny: (_: Name, request: AnyRequest) => {
    sent.push(request);
    return Promise.resolve().then(answers.shift() ?? (() => ({})));
  },
}));

beforeEach(() => {
  sent = [];
  answers = [];
  sessionStorage.clear();
});
afterEach(leave);

const form = (props: Record<string, unknown> = {}) =>
  shown(OperationForm, { name: NAME, given: GIVEN, hidden: ["student_id", "version"], ...props });
const reason = (root: Element) => root.querySelector<HTMLTextAreaElement>('[data-path="reason"] textarea')!;
const fill = (root: Element) => enter(reason(root), "本人申请退学");

describe("a command that can be tried", () => {
  it("is tried without being done, and says that it can be", async () => {
    const done = vi.fn();
    const root = await form({ onDone: done });
    fill(root);
    button("先试算").click();
    await vi.waitFor(() => expect(text(root)).toContain("试算通过，尚未办理"));
    expect(sent).toEqual([expect.objectContaining({ ...GIVEN, dry_run: true })]);
    expect(done).not.toHaveBeenCalled();
  });

  it("says why it can't be done", async () => {
    answers = [
      () => {
        throw new Problem("bills_open", "学生有未处理的缴费单。", 409);
      },
    ];
    const root = await form();
    fill(root);
    button("先试算").click();
    await vi.waitFor(() => expect(text(root)).toContain("试算未通过，尚未办理"));
    expect(text(root)).toContain("学生有未处理的缴费单。");
    expect(button("提交")).toBeTruthy();
  });

  it("says for which of its rows it can't be done", async () => {
    const refusal = { code: "x", message: "选课已取消。" };
    answers = [
      () => ({
        items: [
          { id: "a", refusal: null },
          { id: "b", refusal },
        ],
        done: 1,
      }),
    ];
    const root = await form();
    fill(root);
    button("先试算").click();
    await vi.waitFor(() => expect(text(root)).toContain("将办理 1 条，1 条不能办理"));
    expect(text(root)).toContain("选课已取消。");
  });

  it("forgets what trying it said once something else is entered", async () => {
    const root = await form();
    fill(root);
    button("先试算").click();
    await vi.waitFor(() => expect(text(root)).toContain("试算通过"));
    enter(reason(root), "转学");
    await vi.waitFor(() => expect(text(root)).not.toContain("试算通过"));
  });

  it("is not offered to be tried where that is unknown to the contract", async () => {
    const root = await shown(OperationForm, { name: "identity.CreateTeachingPoint" });
    expect(text(root)).not.toContain("试算");
  });
});

describe("what a page knows of a form beside the contract", () => {
  const guided = (guide: Guide, props: Record<string, unknown> = {}) => form({ guide: reactive(guide), ...props });

  it("is what a field is chosen from", async () => {
    const root = await guided({ options: { reason: [["moved", "工作调动"]] } });
    expect([...root.querySelectorAll("option")].map(({ text: word }) => word)).toEqual(["请选择", "工作调动"]);
  });

  it("is what is wrong as it stands: told at once, and nothing is sent", async () => {
    const root = await guided({ wrong: { reason: "请写明原因。" } });
    expect(text(root)).toContain("请写明原因。");
    fill(root);
    button("提交").click();
    await vi.waitFor(() => expect(text(root)).toContain("有 1 处需要修改"));
    expect(sent).toEqual([]);
  });

  it("is what follows, filled in as it becomes known, by which nobody has entered anything", async () => {
    const [guide, unsent] = [reactive<Guide>({}), vi.fn()];
    const root = await form({ guide, onUnsent: unsent });
    guide.follows = { reason: "本人申请" };
    await vi.waitFor(() => expect(reason(root).value).toBe("本人申请"));
    expect(unsent).not.toHaveBeenCalledWith(true);
  });

  it("lets people change what followed, until something else follows", async () => {
    const guide = reactive<Guide>({ follows: { reason: "本人申请" } });
    const root = await form({ guide });
    fill(root);
    guide.follows = { reason: "本人申请" };
    await nextTick();
    expect(reason(root).value).toBe("本人申请退学");
    guide.follows = { reason: "另有原因" };
    await vi.waitFor(() => expect(reason(root).value).toBe("另有原因"));
  });

  it("is which fields stand together", async () => {
    const root = await form({ sections: [{ name: "why", title: "退学说明", fields: ["reason"] }] });
    const group = root.querySelector("fieldset:has(> legend)")!;
    expect(text(group.querySelector("legend")!)).toBe("退学说明");
    expect(group.contains(reason(root))).toBe(true);
  });
});

describe("a form", () => {
  it("is sent when somebody is sure, and not before", async () => {
    const done = vi.fn();
    const answersOfPeople = [false, true];
    const root = await form({ sure: () => Promise.resolve(answersOfPeople.shift()), onDone: done });
    fill(root);
    button("提交").click();
    await vi.waitFor(() => expect(answersOfPeople).toHaveLength(1));
    expect(sent).toEqual([]);
    button("提交").click();
    await vi.waitFor(() => expect(done).toHaveBeenCalledOnce());
  });

  it("leads to the first field that is wrong, as it sees itself and as the server says", async () => {
    const root = await form();
    button("提交").click();
    await vi.waitFor(() => expect(document.activeElement).toBe(reason(root)));
    reason(root).blur();
    fill(root);
    const fields = [{ path: "reason", code: "x", message: "请写明原因。" }];
    answers = [
      () => {
        throw new Problem("validation_failed", "提交的内容有误", 422, fields);
      },
    ];
    button("提交").click();
    await vi.waitFor(() => expect(text(root)).toContain("请写明原因。"));
    await vi.waitFor(() => expect(document.activeElement).toBe(reason(root)));
  });
});
