import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { nextTick } from "vue";
import { callAsVisitor } from "@/api/client";
import { Problem } from "@/api/problem";
import { button, enter, leave, shown, text } from "@/kit/testing";
import PlaceChoice from "./PlaceChoice.vue";
import { whereIAm, type Position } from "./position";

const CITIES = [
  { province: "江苏省", city: "徐州市", points: 1 },
  { province: "江苏省", city: "南京市", points: 2 },
];
const HERE: Position = { longitude: 118.8, latitude: 32.1 };

vi.mock("./position", () => ({ whereIAm: vi.fn() }));
vi.mock("@/api/client", () => ({ callAsVisitor: vi.fn() }));

/** The browser's answer about the position, which it gives when somebody has decided. */
let prompt: { resolve: (position: Position) => void; reject: (problem: Problem) => void };
const found = vi.fn();
const select = () => document.querySelector("select")!;
const settled = () => new Promise((resolve) => setTimeout(resolve));

beforeEach(async () => {
  vi.clearAllMocks();
  vi.mocked(whereIAm).mockImplementation(() => new Promise((resolve, reject) => (prompt = { resolve, reject })));
  vi.mocked(callAsVisitor).mockImplementation((name) =>
    Promise.resolve({ items: name === "enrollment.GetSignupCities" ? CITIES : [name] } as never),
  );
  await shown(PlaceChoice, { onFound: found });
  await vi.waitFor(() => expect(select().disabled).toBe(false));
  button("按我的位置查找").click();
  await nextTick();
});
afterEach(leave);

it("looks for what is near as soon as the browser tells the position", async () => {
  prompt.resolve(HERE);
  await vi.waitFor(() => expect(found).toHaveBeenCalledExactlyOnceWith(["enrollment.GetNearestPoints"]));
  expect(callAsVisitor).toHaveBeenLastCalledWith("enrollment.GetNearestPoints", HERE);
});

it("leaves the cities to be chosen from while nobody has answered the browser's question", async () => {
  expect(text()).toContain("正在获取位置");
  expect(select().disabled).toBe(false);
  enter(select() as never, "1");
  await vi.waitFor(() => expect(found).toHaveBeenCalledExactlyOnceWith(["enrollment.GetPointsOfCity"]));
  expect(text()).not.toContain("正在获取位置");
});

it.each([
  ["told", () => prompt.resolve(HERE)],
  ["refused", () => prompt.reject(new Problem("position_unknown", "浏览器未获准使用位置"))],
])("a position that is %s after a city was chosen comes too late", async (_, answer) => {
  enter(select() as never, "0");
  answer();
  await settled();
  expect(found).toHaveBeenCalledExactlyOnceWith(["enrollment.GetPointsOfCity"]);
  expect(select().value).toBe("0");
  expect(text()).not.toContain("浏览器未获准使用位置");
});

it("asks the browser again where its question was dismissed without an answer", async () => {
  button("按我的位置查找").click();
  prompt.resolve(HERE);
  await vi.waitFor(() => expect(found).toHaveBeenCalledOnce());
  expect(whereIAm).toHaveBeenCalledTimes(2);
});

it("lets nobody choose anew while it asks the server", async () => {
  vi.mocked(callAsVisitor).mockReturnValueOnce(new Promise(() => undefined) as never);
  prompt.resolve(HERE);
  await vi.waitFor(() => expect(select().disabled).toBe(true));
});
