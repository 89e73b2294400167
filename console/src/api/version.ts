/** Whether the server has another build of the console than this page. False where that can't be found out. */
export async function isOutdated(): Promise<boolean> {
  const own = document.querySelector<HTMLMetaElement>('meta[name="version"]')?.content;
  if (own === undefined) return false; // while it is developed
  try {
    const answer = await fetch("/console.json", { cache: "no-store" });
    return answer.ok && ((await answer.json()) as { version: string }).version !== own;
  } catch {
    return false;
  }
}
