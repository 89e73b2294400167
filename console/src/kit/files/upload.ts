/** Uploads, with how far they are, which `fetch` does not tell. */
import { problemOf, offline } from "@/api/problem";
import { useSession } from "@/api/session";
import type { components } from "generated/api";

export type FileReference = components["schemas"]["FileReference"];
export type Tell = (done: number, total: number) => void;

const ADDRESS = "/api/v1/files";

function sent(file: File, token: string, tell: Tell, signal?: AbortSignal): Promise<Response> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const form = new FormData();
    form.append("file", file);
    request.open("POST", ADDRESS);
    request.setRequestHeader("Authorization", `Bearer ${token}`);
    request.setRequestHeader("Accept-Language", "zh-CN");
    request.upload.onprogress = ({ loaded, total }) => tell(loaded, total);
    request.onload = () => resolve(answerOf(request));
    request.onerror = () => reject(offline());
    request.onabort = () => reject(new DOMException("aborted", "AbortError"));
    signal?.addEventListener("abort", () => request.abort());
    request.send(form);
  });
}

function answerOf(request: XMLHttpRequest): Response {
  const headers = new Headers();
  for (const name of ["Retry-After", "X-Correlation-Id", "Content-Type"]) {
    const value = request.getResponseHeader(name);
    if (value !== null) headers.set(name, value);
  }
  return new Response(request.responseText, { status: request.status, headers });
}

/** Upload a file. The reference goes into a command of the same person within the hour. Raises a Problem. */
export async function upload(file: File, tell: Tell, signal?: AbortSignal): Promise<FileReference> {
  const session = useSession();
  const response = await sent(file, await session.token(), tell, signal);
  const body: unknown = await response.json().catch(() => undefined);
  if (!response.ok) throw problemOf(response, body);
  return body as FileReference;
}
