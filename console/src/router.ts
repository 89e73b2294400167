import {
  createRouter,
  createWebHistory,
  type RouteLocationNormalized,
  type RouteLocationRaw,
  type RouteRecordRaw,
} from "vue-router";
import { useSession } from "@/api/session";

declare module "vue-router" {
  interface RouteMeta {
    /** What the page is called. */
    title?: string;
    /** For people who are not signed in. */
    public?: boolean;
    /** For anybody, whether they are signed in or not: nobody looks. */
    anybody?: boolean;
    /** The permission without which it is not shown. */
    permission?: string;
  }
}

/** The pages of each part stand in its `routes.ts`; each loads its own chunk. */
const parts = import.meta.glob<{ routes: RouteRecordRaw[] }>("./pages/*/routes.ts", { eager: true });

export const router = createRouter({
  history: createWebHistory(),
  routes: [
    {
      path: "/sign-in",
      name: "sign-in",
      component: () => import("@/pages/account/SignInPage.vue"),
      meta: { title: "登录", public: true },
    },
    {
      path: "/signup",
      name: "enrollment.SignUp",
      component: () => import("@/pages/signup/SignupPage.vue"),
      meta: { title: "在线报名", anybody: true },
    },
    {
      path: "/sign-in/unified",
      name: "unified-sign-in",
      component: () => import("@/pages/account/UnifiedPage.vue"),
      meta: { title: "统一身份认证", public: true },
    },
    {
      path: "/first-steps",
      name: "first-steps",
      component: () => import("@/pages/account/FirstStepsPage.vue"),
      meta: { title: "完成登录" },
    },
    {
      path: "/",
      component: () => import("@/kit/shell/PersonFrame.vue"),
      children: [
        ...Object.values(parts).flatMap((part) => part.routes),
        {
          path: ":path(.*)*",
          name: "not-found",
          component: () => import("@/pages/home/NotFoundPage.vue"),
          meta: { title: "页面不存在" },
        },
      ],
    },
  ],
});

router.beforeEach(admit);
router.afterEach((to) => {
  document.title = to.meta.title ? `${to.meta.title} · 教务平台` : "教务平台";
});

/** Who is not signed in is led to sign in, who has first steps before them to those, and back afterwards. */
async function admit(to: RouteLocationNormalized) {
  if (to.meta.anybody) return true;
  const session = useSession();
  await session.restore();
  if (session.account === null) return to.meta.public || { name: "sign-in", query: next(to) };
  if (session.account.first_steps.length > 0)
    return to.name === "first-steps" || { name: "first-steps", query: next(to) };
  // Who is signed in has no sign-in to finish: another tab was quicker, or somebody went back to the page.
  if (["sign-in", "unified-sign-in", "first-steps"].includes(String(to.name))) return wanted(to);
  return ofPerson(to, session.account.student_id !== null, (name) => router.hasRoute(name));
}

const OWN = "my ";

/**
 * Students have pages of their own, whose names begin with `my `, and everybody those of their account: whoever comes
 * to the other kind, as by a link in a notice, is led to their own page of the same.
 */
export function ofPerson(
  to: Pick<RouteLocationNormalized, "name" | "path" | "params">,
  isStudent: boolean,
  hasRoute: (name: string) => boolean,
): true | RouteLocationRaw {
  const name = String(to.name ?? "");
  if (!isStudent) return name.startsWith(OWN) ? "/" : true;
  if (name.startsWith(OWN)) return true;
  if (hasRoute(OWN + name)) return { name: OWN + name, params: to.params };
  return to.path.startsWith("/account/") ? true : "/my";
}

function next(to: RouteLocationNormalized) {
  return to.fullPath === "/" ? {} : { next: to.fullPath };
}

/** Where somebody wanted to go: a path of ours, never another site; browsers drop line breaks and tabs of addresses. */
export function wanted(from: RouteLocationNormalized): string {
  const path = from.query.next;
  return typeof path === "string" && /^\/(?![/\\])[^\\\s\p{Cc}]*$/u.test(path) ? path : "/";
}
