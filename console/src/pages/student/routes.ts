/**
 * A student's own pages. They are called `my ` and the name of the staff's page of the same, so that a link to that one
 * leads here.
 */
import type { Component } from "vue";
import type { RouteRecordRaw } from "vue-router";
import type { Name } from "@/kit/contract";

type Load = () => Promise<{ default: Component }>;

const my = (path: string, name: Name | "home", title: string, component: Load): RouteRecordRaw => ({
  path,
  name: `my ${name}`,
  component,
  meta: { title },
});

export const routes = [
  my("/my", "home", "首页", () => import("./HomePage.vue")),
  my("/my/plan", "courses.GetPlan", "选课", () => import("./PlanPage.vue")),
  my("/my/selections", "courses.ListSelections", "我的课程", () => import("./SelectionsPage.vue")),
  my("/my/withdrawals", "courses.ListWithdrawals", "我的退课申请", () => import("./WithdrawalsPage.vue")),
  my("/my/withdrawals/:withdrawal_id", "courses.GetWithdrawal", "退课申请", () => import("./withdrawal")),
  my("/my/bills", "finance.ListBills", "缴费", () => import("./BillsPage.vue")),
  my("/my/bills/:bill_id", "finance.GetBill", "缴费单", () => import("./bill")),
  my("/my/exams", "exams.ListRegistrations", "考试", () => import("./ExamsPage.vue")),
  my("/my/exams/:registration_id", "exams.GetRegistration", "报考", () => import("./registration")),
  my("/my/more", "identity.GetUser", "我的", () => import("./MorePage.vue")),
  my("/my/record", "registry.GetStudent", "学籍信息", () => import("./RecordPage.vue")),
  my("/my/status-changes", "registry.ListStatusChanges", "学籍异动", () => import("./StatusChangesPage.vue")),
  my("/my/status-changes/:status_change_id", "registry.GetStatusChange", "学籍异动", () => import("./status-change")),
  my("/my/documents", "registry.ListIssuedDocuments", "证明", () => import("./DocumentsPage.vue")),
  my("/my/notices", "identity.ListNotices", "我的通知", () => import("./NoticesPage.vue")),
];
