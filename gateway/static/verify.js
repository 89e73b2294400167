// Checks a document: by what follows the # of the address (service/number/code), or by what somebody types.

import { h } from "./dom.js";
import { solved } from "./work.js";

const TEXTS = {
  title: ["文件核验", "Check a document"],
  about: ["输入文件上的编号和核验码，可核验文件的真伪和是否有效。", "Type the number and the code that stand on the document."],
  send: ["核验", "Check"],
  language: ["English", "中文"],
  working: ["正在核验，请稍候…", "Checking…"],
  unreachable: ["无法连接服务器，请稍后重试。", "The server can't be reached. Try again later."],
  insecure: ["查询较多，需要使用 https 地址访问本页后再试。", "There are many requests. Open this page by https and try again."],
  valid: ["真实有效", "Genuine and valid"],
  withdrawn: ["真实，但已作废", "Genuine, but withdrawn"],
  replaced: ["真实，但已换发新文件", "Genuine, but replaced by another"],
  notFound: ["未查到该文件", "No such document"],
  failed: ["未能核验", "Could not be checked"],
};

const meta = (name) => document.querySelector(`meta[name="${name}"]`).content;
const CHECKS = meta("checks").split(" ").map((each) => each.split("="));
const LABELS = JSON.parse(meta("labels"));
const element = (id) => document.getElementById(id);
let english = !navigator.language.toLowerCase().startsWith("zh");
let from = null;

const inLanguage = (words) => words[english ? 1 : 0];
const t = (key) => inLanguage(TEXTS[key]);
const called = (field) => inLanguage(LABELS[field]);

function label() {
  document.documentElement.lang = english ? "en" : "zh-CN";
  for (const id of ["title", "about", "send", "language"]) element(id).textContent = t(id);
  for (const field of ["number", "code"]) element(`${field}-label`).textContent = called(field);
}

// One answer of a service. Where many ask, this computer does some work first.
async function ask(address, question, work) {
  const answer = await fetch(address, {
    method: "POST",
    headers: { "Content-Type": "application/json", "Accept-Language": english ? "en" : "zh-CN" },
    body: JSON.stringify(work ? { ...question, work } : question),
  });
  const said = await answer.json();
  if (said.code === "work_required" && !work) {
    if (!globalThis.crypto?.subtle) return { ok: false, said: { detail: t("insecure") } };
    return ask(address, question, await solved(said.challenge));
  }
  return { ok: answer.ok, said };
}

// The services that issue documents, one after the other, unless the address says which.
async function check(question) {
  const asked = CHECKS.filter(([service]) => from === null || service === from);
  let last = { ok: false, said: {} };
  for (const [, address] of asked.length ? asked : CHECKS) {
    last = await ask(address, question);
    if (last.ok || last.said.code !== "document_not_found") break;
  }
  return last;
}

function shown({ ok, said }) {
  if (!ok) {
    const heading = said.code === "document_not_found" ? t("notFound") : t("failed");
    const problems = (said.errors ?? []).map((each) => h("p", {}, `${each.title ?? each.path}：${each.message}`));
    return h("div", { class: "card bad" }, h("h2", {}, heading), h("p", {}, said.detail ?? ""), problems);
  }
  const lines = [
    ...["title", "number", "holder_name_masked"].map((field) => [called(field), said[field]]),
    ...said.facts.map((fact) => [fact.label, fact.value]),
    ...["issued_on", "ended_on"].filter((field) => said[field]).map((field) => [called(field), said[field]]),
  ];
  return h(
    "div", { class: `card ${said.status === "valid" ? "good" : "bad"}` },
    h("h2", {}, t(said.status)),
    h("dl", {}, lines.flatMap(([name, value]) => [h("dt", {}, name), h("dd", {}, value)])),
  );
}

async function run() {
  const question = { number: element("number").value.trim(), code: element("code").value.trim() };
  element("send").disabled = true;
  element("result").replaceChildren(h("p", {}, t("working")));
  try {
    element("result").replaceChildren(shown(await check(question)));
  } catch {
    element("result").replaceChildren(h("p", { class: "bad" }, t("unreachable")));
  } finally {
    element("send").disabled = false;
  }
}

function fromAddress() {
  const [service, number, code] = decodeURIComponent(location.hash.slice(1)).split("/");
  if (!number || !code) return;
  from = service;
  element("number").value = number;
  element("code").value = code;
  run();
}

element("form").addEventListener("submit", (event) => {
  event.preventDefault();
  run();
});
for (const id of ["number", "code"]) element(id).addEventListener("input", () => (from = null));
element("language").addEventListener("click", () => {
  english = !english;
  label();
  if (element("result").childElementCount) run();
});
addEventListener("hashchange", fromAddress);
label();
fromAddress();
