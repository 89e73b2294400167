/** How far something is, as people say it: `850 米`, `1.9 公里`, `276 公里`. */
export function shownDistance(metres: number): string {
  if (metres < 1000) return `${metres} 米`;
  const kilometres = metres / 1000;
  return `${kilometres < 10 ? kilometres.toFixed(1) : Math.round(kilometres)} 公里`;
}
