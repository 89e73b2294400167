// The page for checking documents in a document that is none: what it asks, and what it then says. Its address and the
// answers come as arguments; lines of JSON go out.

const [, , script, hash, answers, labels] = process.argv;
const elements = {};

function element(tag) {
  return {
    tag, children: [], listeners: {}, value: "", textContent: "",
    get childElementCount() { return this.children.length; },
    setAttribute() {},
    addEventListener(name, listener) { this.listeners[name] = listener; },
    append(...children) {
      for (const child of children) {
        if (typeof child !== "string" && !child?.tag) throw new Error(`no node: ${JSON.stringify(child)}`);
        this.children.push(child);
      }
    },
    replaceChildren(...children) { this.children = []; this.append(...children); },
  };
}

const said = (node) => (typeof node === "string" ? node : [node.textContent, ...node.children.map(said)].filter(Boolean).join(" "));
const asked = [];
const toAnswer = JSON.parse(answers);

Object.assign(globalThis, {
  document: {
    createElement: element,
    documentElement: {},
    getElementById: (id) => (elements[id] ??= element(id)),
    querySelector: (which) => ({ content: which.includes("labels") ? labels : "registry=/registry exams=/exams" }),
  },
  location: { hash },
  addEventListener: () => {},
  fetch: async (address, options) => {
    asked.push([address, JSON.parse(options.body)]);
    const answer = toAnswer.shift();
    return { ok: answer.ok, json: async () => answer.said };
  },
});
Object.defineProperty(globalThis, "navigator", { value: { language: "zh-CN" }, configurable: true });

const settled = async () => {
  while (elements.send?.disabled) await new Promise((resolve) => setTimeout(resolve, 5));
};
await import(script);
await settled();
if (!hash) {
  elements.number.value = "ZX1";
  elements.code.value = "AB";
  elements.form.listeners.submit({ preventDefault() {} });
  await settled();
}
console.log(JSON.stringify({ asked, said: said(elements.result) }));
