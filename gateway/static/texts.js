// What the page itself says, in both languages. What it shows comes from the description of the API.

const TEXTS = {
  title: ["教务平台接口文档", "Jiaowu API"],
  token: ["访问令牌", "Access token"],
  otherLanguage: ["English", "中文"],
  search: ["搜索接口、地址或权限", "Search operations, paths, permissions"],
  start: ["开始", "Start"],
  problems: ["错误代码", "Problem codes"],
  permission: ["权限", "Permission"],
  public: ["无需登录", "No sign-in needed"],
  signed_in: ["登录即可", "Anyone signed in"],
  parameters: ["参数", "Parameters"],
  name: ["名称", "Name"],
  place: ["位置", "In"],
  meaning: ["说明", "Meaning"],
  body: ["请求体", "Request body"],
  answer: ["返回", "Answer"],
  refusals: ["可能的错误", "Problems"],
  required: ["必填", "required"],
  choices: ["可选值", "Values"],
  example: ["示例", "Example"],
  tryIt: ["试一试", "Try it"],
  send: ["发送", "Send"],
  sending: ["发送中…", "Sending…"],
  unreachable: ["无法连接服务器。", "The server can't be reached."],
  status: ["状态", "Status"],
  code: ["代码", "Code"],
  document: ["OpenAPI 文档", "OpenAPI document"],
  loadFailed: ["接口描述加载失败，请刷新页面。", "The description could not be loaded. Reload the page."],
  nothing: ["没有匹配的接口。", "Nothing matches."],
};

let english = localStorage.getItem("language") === "en";

export const t = (key) => TEXTS[key][english ? 1 : 0];
export const isEnglish = () => english;

export function switchLanguage() {
  english = !english;
  localStorage.setItem("language", english ? "en" : "zh");
}

// "中文 · English" → the half that is asked for; a text without halves stays as it is.
export function half(text) {
  const parts = (text ?? "").split(" · ");
  return parts.length === 2 ? parts[english ? 1 : 0] : text ?? "";
}
