import { strict as assert } from "node:assert";
import fc from "fast-check";
import { describe, it } from "mocha";
import { equalities, matches } from "../../../media-service/odata/filter/evaluate";
import { parseFilter } from "../../../media-service/odata/filter/parser";

const PROPERTIES = ["Id", "Name", "State", "Created", "IsPrimary"];
const ENTITY = {
  Id: "nb:cid:UUID:1",
  Name: "it's a (test)",
  State: 2,
  Created: new Date("2020-01-02T03:04:05Z"),
  IsPrimary: true,
};

describe("$filter", () => {
  for (const [filter, expected] of [
    ["Name eq 'it''s a (test)'", true],
    ["Name eq 'It''s a (test)'", false],
    ["State eq 2 and IsPrimary eq true", true],
    ["State eq 3 or Name ne 'x'", true],
    ["State eq 3 or State eq 4 and IsPrimary", false],
    ["(State eq 2 or State eq 4) and not (State gt 2)", true],
    ["not (State eq 2)", false],
    ["startswith(Name,'it') eq true", true],
    ["startswith(Name, 'it')", true],
    ["endswith(Name,'(test)') and substringof('s a', Name)", true],
    ["indexof(Name,'a') gt 1 and length(Name) gt 1", true],
    ["Created gt datetime'2020-01-02T03:04:04'", true],
    ["Created ge datetime'2020-01-02T03:04:05Z' and Created lt datetime'2021-01-01'", true],
    ["Name eq null", false],
    ["'nb:cid:UUID:1' eq Id", true],
    ["Id eq 'NB:cid:uuid:1'", true],
    ["State le 2L", true],
    ["State eq '2'", false],
  ] as const) {
    it(`says ${expected} for: ${filter}`, () => {
      assert.equal(matches(parseFilter(filter, PROPERTIES), ENTITY), expected);
    });
  }

  for (const [filter, position] of [
    ["", 0],
    ["Name eq", 7],
    ["Name eq 'x", 8],
    ["Name = 'x'", 5],
    ["Nme eq 'x'", 0],
    ["Name eq 'x' and", 15],
    ["(Name eq 'x'", 12],
    ["Name eq 'x')", 11],
    ["Name eq 'x' State eq 1", 12],
    ["cast(Name) eq 'x'", 0],
    ["length(Name,'x') eq 1", 0],
    ["Created gt datetime'soon'", 11],
    ["Name eq 'x'; drop", 11],
    [`${"(".repeat(60)}Name eq 'x'${")".repeat(60)}`, 50],
  ] as const) {
    it(`refuses with the place: ${filter.slice(0, 30)}`, () => {
      assert.throws(() => parseFilter(filter, PROPERTIES), {
        name: "FilterSyntaxError",
        message: new RegExp(` at position ${position}$`),
      });
    });
  }

  it("finds any name again that is quoted as OData says", () => {
    fc.assert(
      fc.property(fc.string(), (name) => {
        const filter = parseFilter(`Name eq '${name.replaceAll("'", "''")}'`, PROPERTIES);
        return matches(filter, { Name: name }) && equalities(filter).get("Name") === name;
      }),
    );
  });

  it("never breaks on text that is no filter", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        try {
          parseFilter(text, PROPERTIES);
          return true;
        } catch (error) {
          return error instanceof Error && error.name === "FilterSyntaxError";
        }
      }),
    );
  });

  it("offers the equalities that every match must have, and no others", () => {
    const equal = equalities(parseFilter("Name eq 'a' and (State eq 1 or State eq 2)", PROPERTIES));
    assert.deepEqual([...equal], [["Name", "a"]]);
  });
});
