/** Sums of amounts in yuan, which are text of two places: those of floating numbers would lose a cent. */
const CENTS = 100;

const cents = (amount: string) => Math.round(Number(amount) * CENTS);

/** The sum of some amounts: `["0.10", "0.20"]` → `0.30`. */
export const sumOf = (amounts: readonly string[]): string =>
  (amounts.reduce((sum, amount) => sum + cents(amount), 0) / CENTS).toFixed(2);
