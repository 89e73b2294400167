import esX from "eslint-plugin-es-x";

// What is built, libraries included, calls nothing that Chrome 109 and Firefox 115 don't have.
const NEWER = [
  "no-array-fromasync",
  "no-array-prototype-toreversed",
  "no-array-prototype-tosorted",
  "no-array-prototype-tospliced",
  "no-array-prototype-with",
  "no-atomics-waitasync",
  "no-iterator",
  "no-map-groupby",
  "no-object-groupby",
  "no-promise-try",
  "no-promise-withresolvers",
  "no-regexp-v-flag",
  "no-regexp-escape",
  "no-set-prototype-difference",
  "no-set-prototype-intersection",
  "no-set-prototype-isdisjointfrom",
  "no-set-prototype-issubsetof",
  "no-set-prototype-issupersetof",
  "no-set-prototype-symmetricdifference",
  "no-set-prototype-union",
  "no-string-prototype-iswellformed-towellformed",
];

export default [
  {
    files: ["**/*.js"],
    plugins: { "es-x": esX },
    settings: { "es-x": { aggressive: true } },
    linterOptions: { reportUnusedDisableDirectives: "off" },
    rules: Object.fromEntries(NEWER.map((rule) => [`es-x/${rule}`, "error"])),
  },
  {
    // Vue hands these on where somebody calls them on a list that it watches; nobody can where there are none.
    files: ["**/framework-*.js"],
    rules: {
      "es-x/no-array-prototype-toreversed": "off",
      "es-x/no-array-prototype-tosorted": "off",
      "es-x/no-array-prototype-tospliced": "off",
    },
  },
  {
    // The `union` of ECharts is that of its own rectangles, older than that of sets.
    files: ["**/charts-*.js"],
    rules: { "es-x/no-set-prototype-union": "off" },
  },
];
