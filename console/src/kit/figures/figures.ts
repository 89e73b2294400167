/** Figures by two things, as a table: a row for each of one, a column for each of the other. */
export interface Figure {
  row: string;
  column: string;
  count: number;
}

export interface FigureRow {
  name: string;
  counts: number[];
  total: number;
}

export interface FigureTable {
  columns: string[];
  rows: FigureRow[];
  totals: number[];
  total: number;
}

const sum = (numbers: readonly number[]) => numbers.reduce((all, each) => all + each, 0);

/** The table of some figures. Columns that nobody has are left out; the rows with most come first. */
export function tableOf(figures: readonly Figure[], columns: readonly string[]): FigureTable {
  const shown = columns.filter((column) => figures.some((each) => each.column === column && each.count > 0));
  const byRow = new Map<string, Map<string, number>>();
  for (const { row, column, count } of figures) {
    const counts = byRow.get(row) ?? new Map<string, number>();
    byRow.set(row, counts.set(column, (counts.get(column) ?? 0) + count));
  }
  const rows = [...byRow].map(([name, counts]) => {
    const each = shown.map((column) => counts.get(column) ?? 0);
    return { name, counts: each, total: sum(each) };
  });
  const totals = shown.map((_, place) => sum(rows.map(({ counts }) => counts[place] ?? 0)));
  return { columns: shown, rows: rows.sort((one, other) => other.total - one.total), totals, total: sum(totals) };
}
