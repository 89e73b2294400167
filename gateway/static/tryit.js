// The form that sends a request, and what came back.

import { h, json } from "./dom.js";
import { isEnglish, t } from "./texts.js";

export function tryIt(method, path, operation, token) {
  const inputs = (operation.parameters ?? []).map((parameter) => ({
    parameter,
    input: h("input", { placeholder: parameter.schema?.examples?.[0] ?? "", autocomplete: "off" }),
  }));
  const media = operation.requestBody?.content ?? {};
  const body = media["application/json"] ? h("textarea", { spellcheck: "false" }) : null;
  if (body) body.value = JSON.stringify(media["application/json"].example ?? {}, null, 2);
  const file = media["multipart/form-data"] ? h("input", { type: "file" }) : null;
  const result = h("div", { "aria-live": "polite" });
  const button = h("button", { type: "submit", class: "primary" }, t("send"));
  const form = h(
    "form", { class: "panel" },
    inputs.map(({ parameter, input }) => h("label", {}, `${parameter.name}${parameter.required ? " *" : ""}`, input)),
    body ? h("label", {}, t("body"), body) : null,
    file ? h("label", {}, "file", file) : null,
    button,
  );
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    button.disabled = true;
    result.replaceChildren(h("p", {}, t("sending")));
    try {
      result.replaceChildren(...(await send(method, path, inputs, body, file, token())));
    } catch {
      result.replaceChildren(h("p", { class: "status-bad" }, t("unreachable")));
    } finally {
      button.disabled = false;
    }
  });
  return [h("h3", {}, t("tryIt")), form, result];
}

async function send(method, path, inputs, body, file, token) {
  const headers = { "Accept-Language": isEnglish() ? "en" : "zh-CN" };
  if (token) headers.Authorization = `Bearer ${token}`;
  const query = new URLSearchParams();
  let address = path;
  for (const { parameter, input } of inputs) {
    const value = input.value.trim();
    if (parameter.in === "path") address = address.replace(`{${parameter.name}}`, encodeURIComponent(value));
    else if (value && parameter.in === "header") headers[parameter.name] = value;
    else if (value) for (const each of parameter.schema?.type === "array" ? value.split(",") : [value]) query.append(parameter.name, each);
  }
  let content;
  if (body) {
    headers["Content-Type"] = "application/json";
    content = body.value;
  } else if (file?.files.length) {
    content = new FormData();
    content.append("file", file.files[0]);
  }
  const started = performance.now();
  const answer = await fetch(query.size ? `${address}?${query}` : address, { method, headers, body: content });
  const line = `${answer.status} · ${Math.round(performance.now() - started)} ms · ${answer.headers.get("x-correlation-id") ?? ""}`;
  return [h("h3", {}, t("answer")), h("p", { class: answer.ok ? "status-good" : "status-bad" }, line), await shown(answer)];
}

async function shown(answer) {
  const type = answer.headers.get("content-type") ?? "";
  if (type.includes("json")) return json(await answer.json());
  if (type.startsWith("text/event-stream")) {
    const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
    const box = h("pre", {});
    (async () => {
      for (let part = await reader.read(); !part.done && box.isConnected !== false; part = await reader.read()) box.append(part.value);
      reader.cancel();
    })();
    return box;
  }
  const blob = await answer.blob();
  if (!blob.size) return h("p", {});
  const name = /filename="([^"]+)"/.exec(answer.headers.get("content-disposition") ?? "")?.[1] ?? "file";
  return h("a", { href: URL.createObjectURL(blob), download: name }, `${name} · ${blob.size} B`);
}
