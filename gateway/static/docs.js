// The page: a menu of operations, and whichever is chosen in the address's fragment.

import { h, json, marked } from "./dom.js";
import { choices, schemaTree, title, typeName } from "./schema.js";
import { half, isEnglish, switchLanguage, t } from "./texts.js";
import { tryIt } from "./tryit.js";

const METHODS = ["get", "post", "put", "patch", "delete"];
const $ = (id) => document.getElementById(id);
let api;
let operations = [];

async function load() {
  const answer = await fetch("/api/v1/openapi.json");
  if (!answer.ok) throw new Error(answer.status);
  api = await answer.json();
  operations = Object.entries(api.paths).flatMap(([path, item]) =>
    METHODS.filter((method) => item[method]).map((method) => ({ method, path, ...item[method] })),
  );
}

const summary = (operation) => (isEnglish() ? operation.summary : operation["x-summary-zh"] ?? operation.summary);

function showMenu() {
  const wanted = $("search").value.trim().toLowerCase();
  const matches = (operation) =>
    [operation.path, operation.summary, operation["x-summary-zh"], operation["x-permission"], operation.operationId]
      .some((text) => (text ?? "").toLowerCase().includes(wanted));
  const groups = api.tags.map((tag) => [tag, operations.filter((o) => o.tags[0] === tag.name && matches(o))]);
  const links = groups.filter(([, found]) => found.length).map(([tag, found]) => [
    h("h2", {}, half(tag.description)),
    found.map((o) => link(`op-${o.operationId}`, h("span", { class: `method ${o.method}` }, o.method.toUpperCase()), summary(o))),
  ]);
  const fixed = [link("start", t("start")), link("problems", t("problems"))];
  $("menu").replaceChildren(...fixed, ...(links.length ? links.flat(2) : [h("p", { class: "note" }, t("nothing"))]));
}

function link(fragment, ...content) {
  const current = decodeURIComponent(location.hash.slice(1)) === fragment;
  return h("a", { href: `#${fragment}`, class: current ? "current" : null, "aria-current": current ? "page" : null }, content);
}

function showPage() {
  const fragment = decodeURIComponent(location.hash.slice(1));
  const operation = operations.find((each) => `op-${each.operationId}` === fragment);
  const content = operation ? operationPage(operation) : fragment.startsWith("problem") ? problemsPage() : startPage();
  $("main").replaceChildren(...content.flat().filter(Boolean));
  if (fragment.startsWith("problem-")) $(fragment)?.scrollIntoView({ block: "center" });
  else scrollTo(0, 0);
}

function startPage() {
  const [chinese, english] = api.info.description.split("\n\nThe API");
  return [
    h("h2", {}, api.info.title), h("p", { class: "note" }, marked(isEnglish() ? `The API${english}` : chinese)),
    h("p", {}, h("a", { href: "/api/v1/openapi.json" }, t("document")), ` · ${operations.length}`),
  ];
}

function problemsPage() {
  const rows = Object.entries(api.components.schemas.Problem["x-codes"]).map(([code, text]) =>
    h("tr", { id: `problem-${code}` }, h("td", {}, h("code", {}, code)), h("td", {}, text.status), h("td", {}, isEnglish() ? text.en : text.zh)),
  );
  return [h("h2", {}, t("problems")), h("table", {}, header("code", "status", "meaning"), h("tbody", {}, rows))];
}

const header = (...keys) => h("thead", {}, h("tr", {}, keys.map((key) => h("th", {}, t(key)))));

function operationPage(operation) {
  const { method, path } = operation;
  const permission = operation["x-permission"];
  return [
    h("h2", {}, summary(operation)),
    h("p", { class: "address" }, h("span", { class: `method ${method}` }, method.toUpperCase()), path),
    h("p", {}, h("span", { class: "chip" }, t("permission")), permission === "public" || permission === "signed_in" ? t(permission) : h("code", {}, permission)),
    operation.description ? h("p", { class: "note" }, marked(operation.description)) : null,
    parameterTable(operation), requestBody(operation), answers(operation),
    tryIt(method.toUpperCase(), path, operation, () => $("token").value.trim()),
  ].flat();
}

function parameterTable(operation) {
  if (!operation.parameters?.length) return null;
  const rows = operation.parameters.map((parameter) => h("tr", {},
    h("td", {}, h("code", {}, parameter.name), parameter.required ? h("span", { class: "required" }, " *") : null, h("div", {}, title(parameter.schema ?? {}))),
    h("td", {}, parameter.in),
    h("td", {}, h("span", { class: "type" }, typeName(parameter.schema ?? {}, api.components.schemas)), h("div", {}, marked(half(parameter.description))), choices(parameter.schema ?? {}, api.components.schemas)),
  ));
  return [h("h3", {}, t("parameters")), h("table", {}, header("name", "place", "meaning"), h("tbody", {}, rows))];
}

function requestBody(operation) {
  const media = operation.requestBody?.content["application/json"];
  if (!media) return null;
  return [h("h3", {}, t("body")), h("div", { class: "panel" }, schemaTree(media.schema, api.components.schemas) ?? "{}"), example(media.example)];
}

function example(value) {
  return value === undefined ? null : h("details", {}, h("summary", { class: "note" }, t("example")), json(value));
}

const resolved = (response) => (response.$ref ? api.components.responses[response.$ref.split("/").pop()] : response);

function answers(operation) {
  const [good] = Object.entries(operation.responses).filter(([status]) => status < "300");
  const media = good[1].content?.["application/json"];
  const refused = Object.entries(operation.responses).filter(([status]) => status >= "400");
  const rows = refused.map(([status, response]) => h("tr", {},
    h("td", {}, status),
    h("td", {}, Object.keys(resolved(response).content["application/problem+json"].examples).flatMap((code) => [h("a", { href: `#problem-${code}` }, h("code", {}, code)), " "])),
  ));
  return [
    h("h3", {}, `${t("answer")} ${good[0]}`),
    media ? [h("div", { class: "panel" }, schemaTree(media.schema, api.components.schemas) ?? typeName(media.schema, api.components.schemas)), example(media.example)] : null,
    h("h3", {}, t("refusals")), h("table", {}, header("status", "code"), h("tbody", {}, rows)),
  ].flat();
}

function showAll() {
  document.documentElement.lang = isEnglish() ? "en" : "zh-CN";
  document.title = t("title");
  $("title").textContent = t("title");
  $("token-label").textContent = t("token");
  $("token").setAttribute("aria-label", t("token"));
  $("language").textContent = t("otherLanguage");
  $("search").placeholder = t("search");
  $("search").setAttribute("aria-label", t("search"));
  if (!api) return;
  showMenu();
  showPage();
}

$("language").addEventListener("click", () => { switchLanguage(); showAll(); });
$("search").addEventListener("input", showMenu);
addEventListener("hashchange", () => { showMenu(); showPage(); });
showAll();
load().then(showAll, () => $("main").replaceChildren(h("p", { class: "status-bad" }, t("loadFailed"))));
