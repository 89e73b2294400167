import table from "generated/operations.json";
import { describe, expect, it } from "vitest";
import type { Field, Name, Operation } from "./contract";
import { NOT_PICKED, REFERENCES, referenceOf } from "./references";

const operations = table as unknown as Record<Name, Operation>;
const inside = (field: Partial<Field>): Partial<Field>[] =>
  [field, ...(field.fields ?? []), ...(field.items ? [field.items] : [])].flatMap((each) =>
    each === field ? [each] : inside(each),
  );

describe("what ids point to", () => {
  it("can be picked wherever a form or filter asks for it, or has a reason why not", () => {
    const asked = Object.values(operations).flatMap(({ request, path_params }) =>
      request.filter(({ name }) => !path_params.includes(name)).flatMap(inside),
    );
    const unknown = asked
      .flatMap(({ reference }) => reference ?? [])
      .filter((name) => !referenceOf(name)?.list && !(name in NOT_PICKED));
    expect([...new Set(unknown)]).toEqual([]);
  });

  it("is looked for by a filter that its list has", () => {
    for (const [thing, { list, search }] of Object.entries(REFERENCES))
      if (list && search)
        expect([thing, operations[list].page?.filters]).toEqual([thing, expect.arrayContaining([search])]);
  });

  it("has a page whose address takes its id alone", () => {
    for (const [thing, { one, param }] of Object.entries(REFERENCES))
      if (one) expect([thing, operations[one].path_params]).toEqual([thing, [param]]);
  });

  it("has no exception that nobody needs", () => {
    const used = new Set(
      Object.values(operations).flatMap(({ request }) => request.flatMap(inside).map(({ reference }) => reference)),
    );
    expect(Object.keys(NOT_PICKED).filter((name) => !used.has(name))).toEqual([]);
  });
});
