import { Problem } from "@/api/problem";

export interface Position {
  longitude: number;
  latitude: number;
}

/** Why a browser does not tell where it is, by the codes of its API. */
const WHY: Readonly<Record<number, string>> = {
  1: "浏览器未获准使用位置，请在下面选择城市。",
  2: "暂时无法取得位置，请在下面选择城市。",
  3: "取得位置超时，请重试，或在下面选择城市。",
};
const IMPOSSIBLE = "本页未能使用位置（需要 https 地址），请在下面选择城市。";
/** Milliseconds; a position that is some minutes old does as well. */
const OPTIONS: PositionOptions = { timeout: 15_000, maximumAge: 600_000 };

/** Where this telephone is, if its owner shares it. Raises a Problem. */
export function whereIAm(): Promise<Position> {
  return new Promise((resolve, reject) => {
    if (!globalThis.isSecureContext || !("geolocation" in navigator)) {
      reject(new Problem("position_impossible", IMPOSSIBLE));
      return;
    }
    navigator.geolocation.getCurrentPosition(
      ({ coords: { longitude, latitude } }) => resolve({ longitude, latitude }),
      ({ code }) => reject(new Problem("position_unknown", WHY[code] ?? IMPOSSIBLE)),
      OPTIONS,
    );
  });
}
