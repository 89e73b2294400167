import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Component } from "vue";
import { Problem } from "@/api/problem";
import SignInAgain from "@/kit/shell/SignInAgain.vue";
import { button, enter, leave, shown, text } from "@/kit/testing";
import PasswordForm from "./PasswordForm.vue";
import ProfileForm from "./ProfileForm.vue";
import SignInForm from "./SignInForm.vue";

const ACCOUNT = { username: "zhang", name: "张伟", gender: "male", mobile: "13900000001", email: "", student_id: null };
let refusal: Problem | undefined;

vi.mock("@/api/client", () => ({ call: () => (refusal ? Promise.reject(refusal) : Promise.resolve({})) }));
vi.mock("@/api/session", () => ({
  useSession: () => ({
    account: ACCOUNT,
    reload: () => Promise.resolve(),
    signIn: () => Promise.reject(refusal),
    changePassword: () => Promise.reject(refusal),
  }),
}));

beforeEach(() => {
  refusal = new Problem("sign_in_refused", "用户名或密码不正确。", 401);
});
afterEach(leave);

const refusedAt = (path: string) =>
  new Problem("validation_failed", "提交的内容有误", 422, [{ path, code: "x", message: "不符合要求。" }]);
const input = (name: string) => document.querySelector<HTMLInputElement>(`input[name="${name}"]`)!;
/** What a screen reader calls a field. */
function nameOf(field: HTMLInputElement): string {
  const label = document.querySelector(`label[for="${field.id}"]`)?.cloneNode(true) as Element;
  label.querySelectorAll("[aria-hidden=true]").forEach((each) => each.remove());
  return text(label);
}

describe("the forms before everything else", () => {
  it.each([
    ["sign in", SignInForm, "password", "密码"],
    ["password", PasswordForm, "new", "新密码"],
    ["profile", ProfileForm, "mobile", "手机号码"],
  ] as [string, Component, string, string][])(
    "call a required field as it is called: %s",
    async (_, form, name, word) => {
      await shown(form);
      expect(nameOf(input(name))).toBe(word);
      expect(input(name).getAttribute("aria-required")).toBe("true");
      expect(text()).toContain(`${word}*`);
      expect(document.querySelector(".is-required")).toBeNull(); // whose mark would be read with the name
    },
  );

  it("lead to the first field that was refused", async () => {
    refusal = refusedAt("new_password");
    await shown(PasswordForm);
    for (const name of ["current", "new", "again"]) enter(input(name), "Password-1");
    await vi.waitFor(() => expect(button("修改密码").disabled).toBe(false));
    button("修改密码").click();
    await vi.waitFor(() => expect(document.activeElement).toBe(input("new")));
    expect(input("new").getAttribute("aria-invalid")).toBe("true");
    const [hint = "", described = ""] = (input("new").getAttribute("aria-describedby") ?? "").split(" ");
    expect(text(document.getElementById(hint)!)).toContain("8 至 64 个字符");
    await vi.waitFor(() => expect(document.getElementById(described)?.textContent).toBe("不符合要求。"));
  });

  it("lead to the first field of the profile that was refused", async () => {
    refusal = refusedAt("mobile");
    await shown(ProfileForm);
    button("保存").click();
    await vi.waitFor(() => expect(document.activeElement).toBe(input("mobile")));
  });

  it("say that it is done, so that the page tells it", async () => {
    const done = vi.fn();
    refusal = undefined;
    await shown(ProfileForm, { onDone: done });
    button("保存").click();
    await vi.waitFor(() => expect(done).toHaveBeenCalledOnce());
  });

  it("lead back to the password where the sign-in as a whole was refused", async () => {
    await shown(SignInForm);
    expect(document.activeElement).toBe(input("username"));
    enter(input("username"), "zhang");
    enter(input("password"), "wrong");
    await vi.waitFor(() => expect(button("登录").disabled).toBe(false));
    button("登录").click();
    await vi.waitFor(() => expect(document.activeElement).toBe(input("password")));
    expect(text()).toContain("用户名或密码不正确。");
  });
});

describe("signing in again", () => {
  it("begins in the password, as whoever it was is known", async () => {
    const focused: Element[] = [];
    document.addEventListener("focusin", ({ target }) => focused.push(target as Element));
    await shown(SignInAgain);
    await vi.waitFor(() => {
      const password = input("password");
      const byTheDialog = focused.findIndex((each) => each !== password && each.contains(password));
      expect(byTheDialog).toBeGreaterThanOrEqual(0);
      expect(focused.slice(byTheDialog)).toContain(password);
    });
    expect(document.activeElement).toBe(input("password"));
  });
});
