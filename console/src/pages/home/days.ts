/** How long it is until something ends. */

const DAY = 24 * 60 * 60 * 1000; // milliseconds
const HOUR = 60 * 60 * 1000;

/** The time left until an instant: `还有 3 天`, on the last day `还有 5 小时`. */
export function timeLeft(until: string, now: number = Date.now()): string {
  const left = Date.parse(until) - now;
  if (left <= 0) return "已截止";
  return left < DAY ? `还有 ${Math.ceil(left / HOUR)} 小时` : `还有 ${Math.ceil(left / DAY)} 天`;
}
