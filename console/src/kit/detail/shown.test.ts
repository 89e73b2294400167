import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Problem } from "@/api/problem";
import type { AnyRequest, Name } from "@/kit/contract";
import { button, leave, shown, text } from "@/kit/testing";
import AttachmentList from "./AttachmentList.vue";
import EvidenceList from "./EvidenceList.vue";

const ROW = {
  id: "0199c3a0-0000-7000-8000-00000000000a",
  attachments: [
    {
      file_id: "0199c3a0-0000-7000-8000-000000000001",
      name: "退学申请书.pdf",
      size: 245_760,
      media_type: "application/pdf",
      added_by_name: "李梅",
      added_at: "2026-09-01T02:30:00Z",
    },
    {
      file_id: "0199c3a0-0000-7000-8000-000000000002",
      name: '<img onerror="alert(1)">.png',
      size: 1_258_291,
      media_type: "image/png",
      added_by_name: "𠮷田·买买提",
      added_at: "2026-09-02T00:00:00Z",
    },
  ],
};
const NAME: Name = "registry.GetStatusChangeFile";

let asked: AnyRequest[];
let answer: () => Promise<{ name: string; content: Blob }>;
const saved = vi.hoisted(() => vi.fn());
vi.mock("@/api/client", () => ({
  call: vi.fn(),
  download: (_: Name, request: AnyRequest) => {
    asked.push(request);
    return answer();
  },
}));
vi.mock("@/kit/files/save", () => ({
  save: saved,
  saveFrom: (name: Name, request: AnyRequest) => {
    saved(name, request);
    return Promise.resolve();
  },
}));

const file = (type: string) => () =>
  Promise.resolve({ name: "退学申请书.pdf", content: new Blob(["content"], { type }) });
beforeEach(() => {
  asked = [];
  saved.mockReset();
  answer = file("application/pdf");
});
afterEach(leave);

const list = (row: object = ROW) => shown(AttachmentList, { name: NAME, row });
const dialog = () => document.querySelector("[role=dialog]")!;
async function look(name: string) {
  await list();
  button(`查看 ${name}`).click();
}

describe("attachments", () => {
  it("are told with their size, who brought them and when", async () => {
    const root = await list();
    expect(text(root.querySelector("li")!)).toContain("240.0 KB · 李梅 · 2026-09-01 10:30");
  });

  it("are called by what people called them, whatever that is", async () => {
    const root = await list();
    expect(root.querySelector("img")).toBeNull();
    expect(text(root)).toContain('<img onerror="alert(1)">.png');
    expect(text(root)).toContain("𠮷田·买买提");
  });

  it("are kept by the row's id and their own", async () => {
    await list();
    button("下载 退学申请书.pdf").click();
    expect(saved).toHaveBeenCalledWith(NAME, { status_change_id: ROW.id, file_id: ROW.attachments[0]?.file_id });
  });

  it("are none where there are none", async () => {
    expect(text(await list({ id: ROW.id, attachments: [] }))).toContain("暂无记录");
  });
});

describe("a file that is looked at", () => {
  it("is a document in a frame, which is called as the file", async () => {
    await look("退学申请书.pdf");
    await vi.waitFor(() => expect(dialog().querySelector("iframe")?.title).toBe("退学申请书.pdf"));
    expect(asked).toEqual([{ status_change_id: ROW.id, file_id: ROW.attachments[0]?.file_id }]);
  });

  it("is a picture with its name in words", async () => {
    answer = file("image/png");
    await look('<img onerror="alert(1)">.png');
    await vi.waitFor(() => expect(dialog().querySelector("img")?.alt).toBe('<img onerror="alert(1)">.png'));
  });

  it("is kept where it is of another kind", async () => {
    answer = file("text/html");
    await look("退学申请书.pdf");
    await vi.waitFor(() => expect(text(dialog())).toContain("此类文件不能在此预览"));
    expect(dialog().querySelector("iframe, img")).toBeNull();
    button("下载").click();
    expect(saved).toHaveBeenCalledOnce();
  });

  it("is asked for again after a failure", async () => {
    answer = () => Promise.reject(new Problem("internal_error", "系统内部错误，已记录。", 500));
    await look("退学申请书.pdf");
    await vi.waitFor(() => expect(text(dialog())).toContain("系统内部错误，已记录。"));
    answer = file("application/pdf");
    button("重试").click();
    await vi.waitFor(() => expect(dialog().querySelector("iframe")).not.toBeNull());
  });
});

describe("evidence", () => {
  it("says of each condition whether it is met, in words too, with its facts", async () => {
    const conditions = [
      { title: "学分", met: true, facts: ["已修 76 学分，要求 76 学分"] },
      { title: "学籍年限", met: false, facts: ["入学未满 2.5 年", "最早 2027-03-01"] },
    ];
    const root = await shown(EvidenceList, { conditions });
    expect([...root.querySelectorAll("li")].map(text)).toEqual([
      "✓ 学分满足已修 76 学分，要求 76 学分",
      "✗ 学籍年限不满足入学未满 2.5 年最早 2027-03-01",
    ]);
  });
});
