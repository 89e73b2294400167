import { solved } from "../../../gateway/static/work.js"; // as the page that checks documents does it

addEventListener("message", async (event: MessageEvent) => postMessage(await solved(event.data)));
