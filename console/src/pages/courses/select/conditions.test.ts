import { describe, expect, it } from "vitest";
import { conditionsOf } from "./conditions";

const refusal = (code: string) => ({ code, params: {}, message: `不行：${code}` });
const unmet = (...codes: string[]) =>
  conditionsOf({ selectable: false, refusals: codes.map(refusal) }).filter(({ met }) => !met);

describe("the conditions of a selection", () => {
  it("are six and one of the student, all met where nothing speaks against it", () => {
    const all = conditionsOf({ selectable: true, refusals: [] });
    expect(all).toHaveLength(7);
    expect(all.every(({ met, facts }) => met && facts.length === 0)).toBe(true);
  });

  it("tell at each what was found", () => {
    const [fees] = unmet("credit_fee_standard_missing", "exam_fee_standard_missing");
    expect(fees).toMatchObject({ title: "已设置学分费、考试费收费标准" });
    expect(fees?.facts).toEqual(["不行：credit_fee_standard_missing", "不行：exam_fee_standard_missing"]);
  });

  it("are not met for a requirement of which there is no version to look at", () => {
    expect(unmet("course_version_not_in_use")).toHaveLength(2);
  });

  it("leave nothing out that speaks against it: what they do not know is the student's", () => {
    expect(unmet("degree_intent_required", "something_new")[0]).toMatchObject({
      title: "学生可以选这门课程",
      facts: ["不行：degree_intent_required", "不行：something_new"],
    });
  });

  it("miss a round where there is none", () => {
    expect(unmet()).toEqual([
      { title: "课程已添加到选课批次，且正处选课期", met: false, facts: ["目前没有已发布的选课批次。"] },
    ]);
  });
});
