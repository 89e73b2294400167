import { afterEach, describe, expect, it, vi } from "vitest";
import { answered, failed } from "@/api/away";
import { Problem } from "@/api/problem";
import { leave, shown, text } from "@/kit/testing";
import StudentFrame from "./StudentFrame.vue";

vi.mock("@/api/session", () => ({ useSession: () => ({ state: "signed in" }) }));
vi.mock("@/api/version", () => ({ isOutdated: () => Promise.resolve(false) }));
vi.mock("@/kit/me", () => ({ useMayUse: () => () => true }));
vi.mock("@/kit/notices/notices", () => ({ useNotices: () => ({ unread: 0, listen: () => () => undefined }) }));

const AWAY = new Problem("service_unavailable", "考务服务暂时不可用。", 503, [], 60, null, null, "exams");
const ways = () => [...document.querySelectorAll("nav > *")].map((way) => text(way));

afterEach(() => {
  answered("exams");
  leave();
});

describe("a student's ways", () => {
  it("lead to what those have who answer, and nowhere to the others", async () => {
    await shown(StudentFrame);
    expect(ways()).toEqual(["选课", "课程", "缴费", "考试", "我的"]);
    failed("exams", AWAY);
    await vi.waitFor(() => expect(ways()).toEqual(["选课", "课程", "缴费", "考试 暂不可用", "我的"]));
    expect(document.querySelectorAll("nav > a")).toHaveLength(4);
  });
});
