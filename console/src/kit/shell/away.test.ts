import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { h, nextTick } from "vue";
import { answered, failed } from "@/api/away";
import { Problem } from "@/api/problem";
import type { AnyRequest, Name } from "@/kit/contract";
import { listOf } from "@/kit/list/declare";
import ListView from "@/kit/list/ListView.vue";
import { useOwnState } from "@/kit/list/state";
import { button, leave, shown, text } from "@/kit/testing";
import type { MenuGroup } from "./menu";
import MenuLink from "./MenuLink.vue";
import { useReturn } from "./return";
import SideMenu from "./SideMenu.vue";

const AWAY = new Problem("service_unavailable", "财务服务暂时不可用。", 503, [], 1, null, null, "finance");
const GROUPS: MenuGroup[] = [
  {
    key: "finance",
    title: "财务",
    items: [{ name: "finance.ListBills", path: "/finance/bills", title: "缴费单", services: ["finance"] }],
  },
  {
    key: "registry",
    title: "学籍",
    items: [{ name: "registry.ListStudents", path: "/registry/students", title: "学生", services: ["registry"] }],
  },
];
let asked: Name[];
let isBack: boolean;

vi.mock("@/kit/untyped", () => ({
  callAny: (name: Name, request: AnyRequest) => {
    asked.push(name);
    if (!isBack) return Promise.reject(AWAY);
    answered("finance");
    return Promise.resolve({ items: [], page: 1, size: request.size, total: 0 });
  },
}));
vi.mock("@/kit/me", () => ({
  useMayUse: () => () => false,
  useMe: () => ({ account: { value: null }, mayUse: () => false }),
}));

beforeEach(() => {
  asked = [];
  isBack = false;
  vi.useFakeTimers();
});
afterEach(() => {
  answered("finance");
  leave();
  vi.useRealTimers();
});

const entry = (title: string) =>
  [...document.querySelectorAll(".menu-item")].find((each) => text(each).startsWith(title))!;

describe("a service that is away", () => {
  it("takes its own pages out of the menu, in words, and no others", async () => {
    await shown(SideMenu, { groups: GROUPS });
    button("财务").click();
    expect(entry("缴费单").getAttribute("href")).toBe("/finance/bills");
    failed("finance", AWAY);
    await vi.waitFor(() => expect(text(entry("缴费单"))).toBe("缴费单 暂不可用"));
    expect(entry("缴费单").getAttribute("aria-disabled")).toBe("true");
    expect(entry("缴费单").hasAttribute("href")).toBe(false);
    expect(entry("学生").getAttribute("href")).toBe("/registry/students");
    answered("finance");
    await vi.waitFor(() => expect(entry("缴费单").getAttribute("href")).toBe("/finance/bills"));
  });

  it("leaves a page with parts of several in the menu as long as one of those is there", async () => {
    await shown(() => h(MenuLink, { to: "/system/audit", services: ["finance", "exams"] }, () => "审计记录"));
    const way = () => document.querySelector("a, [role=link]")!;
    failed("finance", AWAY);
    await nextTick();
    expect(way().getAttribute("href")).toBe("/system/audit");
    failed("exams", new Problem("service_unavailable", "考务服务暂时不可用。", 503, [], 1, null, null, "exams"));
    await nextTick();
    expect(text(way())).toBe("审计记录 暂不可用");
    answered("exams");
    await nextTick();
    expect(text(way())).toBe("审计记录");
  });

  it("is asked again until it is back", async () => {
    const pages = GROUPS.flatMap(({ items }) => items.map(({ name }) => name));
    await shown({ setup: () => (useReturn(() => pages), () => h("p")) });
    failed("finance", AWAY);
    await vi.advanceTimersByTimeAsync(11_000);
    expect(asked).toEqual(["finance.ListBills", "finance.ListBills"]);
    isBack = true;
    await vi.advanceTimersByTimeAsync(60_000);
    expect(asked).toHaveLength(3);
  });

  it("lets its lists count down, and ask by themselves", async () => {
    const list = listOf("finance.ListBills", { columns: ["number"] });
    const state = useOwnState();
    await shown(() => h(ListView, { list, state }));

    await vi.advanceTimersByTimeAsync(10);
    expect(text(document.querySelector("[role=alert]")!)).toMatch(/财务服务暂时不可用。 ?1 秒后自动重试/);
    isBack = true;
    await vi.advanceTimersByTimeAsync(1500);
    expect(text()).toContain("暂无记录");
  });
});
