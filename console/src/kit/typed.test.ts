import { describe, expectTypeOf, it } from "vitest";
import type { FactsTab, RelatedTab, Tab } from "@/kit/detail/declare";
import type { ListDeclaration } from "@/kit/list/declare";
import type { Answer, AnswerField, Filter, ListName, Row, RowField } from "./contract";

/** Looked at by vue-tsc: a page that names what the contract has not does not compile. */
describe("a declared page", () => {
  it("has columns of its view alone", () => {
    type Column = RowField<"finance.ListBills">;
    expectTypeOf<"amount">().toExtend<Column>();
    expectTypeOf<"amont">().not.toExtend<Column>();
    // @ts-expect-error the view has no such field
    const wrong: ListDeclaration<"finance.ListBills"> = { columns: ["number", "colour"] };
    void wrong;
  });

  it("links by fields of its view alone", () => {
    // @ts-expect-error the view has no such id
    const wrong: ListDeclaration<"finance.ListBills"> = { columns: [{ field: "number", link: "teacher_id" }] };
    void wrong;
  });

  it("has filters of its query alone, and pages are none of them", () => {
    type Filters = Filter<"finance.ListBills">;
    expectTypeOf<"status">().toExtend<Filters>();
    expectTypeOf<"amount" | "page" | "sort" | "after" | "size">().not.toExtend<Filters>();
    // @ts-expect-error the query has no such filter
    const wrong: ListDeclaration<"finance.ListBills"> = { columns: ["number"], filters: ["amount"] };
    void wrong;
  });

  it("is one of an operation that there is, and that answers pages", () => {
    expectTypeOf<"finance.ListBills">().toExtend<ListName>();
    expectTypeOf<"finance.GetBill" | "finance.ListInvoices">().not.toExtend<ListName>();
    expectTypeOf<Row<"finance.ListBills">["amount"]>().toEqualTypeOf<string>();
  });

  it("tells fields of what is answered alone", () => {
    type Fields = AnswerField<"finance.GetBill">;
    expectTypeOf<"history">().toExtend<Fields>();
    // @ts-expect-error the answer has no such field
    const wrong: FactsTab<AnswerField<"finance.GetBill">> = { facts: ["colour"] };
    void wrong;
  });

  it("narrows related lists by fields of what is answered alone", () => {
    type Of = Tab<Answer<"finance.GetBill">, AnswerField<"finance.GetBill">>;
    expectTypeOf<RelatedTab<"student_id">>().toExtend<Of>();
    expectTypeOf<RelatedTab<"teacher_id">>().not.toExtend<Of>();
  });
});
