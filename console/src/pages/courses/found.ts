/** Whether a text is a part of any of these, whatever its case; nothing is a part of everything. */
export function found(text: string, ...wheres: readonly string[]): boolean {
  const wanted = text.trim().toLowerCase();
  return wanted === "" || wheres.some((where) => where.toLowerCase().includes(wanted));
}
