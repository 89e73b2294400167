/** Figures as bars, and how ECharts is told to draw them. */
export interface Bars {
  titles: string[];
  series: { name: string; colour: string; values: number[] }[];
  /** Each series has a bar of its own above its title; else those of a title lie in one row. */
  isStanding?: boolean;
  /** How a figure reads; as a number unless told. */
  shown?: (value: number) => string;
}

const LONGEST = 30; // characters of a title that fit beside the bars
const short = (title: string) =>
  [...title].length > LONGEST ? `${[...title].slice(0, LONGEST - 1).join("")}…` : title;

/** What ECharts draws of them. */
export function optionsOf({ titles, series, isStanding, shown = String }: Bars) {
  const named = { type: "category", data: titles } as const;
  const counted = { type: "value", minInterval: 1 } as const;
  const axes = isStanding
    ? { xAxis: named, yAxis: counted }
    : { xAxis: counted, yAxis: { ...named, inverse: true, axisLabel: { formatter: short } } };
  return {
    aria: { enabled: true },
    animation: false,
    tooltip: {
      trigger: "axis",
      // Tooltips of HTML would need styles in attributes, which the policy of the pages refuses.
      renderMode: "richText",
      confine: true,
      axisPointer: { type: "shadow" },
      valueFormatter: (value: unknown) => shown(Number(value)),
    },
    legend: { top: 0 },
    grid: { top: 40, left: 8, right: 24, bottom: 8, containLabel: true },
    ...axes,
    series: series.map(({ name, colour, values }) => ({
      type: "bar",
      name,
      barMaxWidth: 20,
      itemStyle: { color: colour },
      data: values,
      ...(isStanding ? {} : { stack: "all" }),
    })),
  };
}
