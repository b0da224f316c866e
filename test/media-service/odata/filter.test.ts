import { strict as assert } from "node:assert";
import fc from "fast-check";
import { describe, it } from "mocha";
import { equalities, matches } from "../../../media-service/odata/filter/evaluate";
import { restrictionsOf } from "../../../media-service/odata/filter/restriction";
import { type FilterProperties, parseFilter } from "../../../media-service/odata/filter/parser";

const PROPERTIES: FilterProperties = {
  Id: "Edm.String",
  Name: "Edm.String",
  AlternateId: "Edm.String",
  State: "Edm.Int32",
  Created: "Edm.DateTime",
  IsPrimary: "Edm.Boolean",
  Progress: "Edm.Double",
};
const ENTITY = {
  AlternateId: null,
  Progress: 12.5,
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
    ["Id eq guid'nb:cid:UUID:1'", true],
    ["Progress eq 12.5 and Progress eq 12.5d and Progress eq 125e-1", true],
    ["Progress gt State", true],
    ["-State eq -2 and -(State) lt - 1", true],
    ["State add 3 mul 2 eq 8", true],
    ["(State add 3) mul 2 eq 10", true],
    ["5 div State eq 2 and 5.0 div State eq 2.5 and 5 mod State eq 1", true],
    ["State div 0 eq null", true],
    ["State lt 3 eq true", true],
    ["not startswith(Name,'x') eq true", true],
    ["concat(toupper(Name),'!') eq 'IT''S A (TEST)!'", true],
    ["substring(Name,5) eq 'a (test)' and substring(Name,5,1) eq 'a'", true],
    ["replace(Name,'s','S') eq 'it''S a (teSt)' and trim(' a ') eq 'a'", true],
    ["year(Created) eq 2020 and month(Created) eq 1 and day(Created) eq 2", true],
    ["hour(Created) eq 3 and minute(Created) eq 4 and second(Created) eq 5", true],
    ["round(Progress) eq 13 and floor(Progress) eq 12 and ceiling(Progress) eq 13", true],
    ["Created eq datetimeoffset'2020-01-02T04:04:05+01:00'", true],
    ["startswith(AlternateId,'x')", false],
    ["length(AlternateId) lt 5", false],
    ["AlternateId eq null", true],
    ["IsPrimary", true],
    ["not IsPrimary or false", false],
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
    ["State eq '2'", 9],
    ["Name gt 1", 8],
    ["Created eq '2020-01-01'", 11],
    ["Name", 0],
    ["State add 1", 0],
    ["Name add 1 eq 2", 0],
    ["Name eq 'x' and State", 16],
    ["not State eq 1", 4],
    ["length(State) eq 1", 7],
    ["substring(Name) eq 'x'", 0],
    ["State eq 1e999", 9],
    ["State eq 0x10", 9],
    ["Files/any(f: f/Name eq 'x')", 11],
    ["a".repeat(10_001), 10_000],
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

  for (const [filter, expected] of [
    ["startswith(Name,'ab')", ["Name ge ab", "Name lt ac"]],
    ["startswith(Name,'ab') eq true and State eq 1", ["Name ge ab", "Name lt ac", "State eq 1"]],
    ["2 lt State and AlternateId eq 'x'", ["State gt 2", "AlternateId eq x"]],
    ["Name ne 'x' and not (State eq 1) and (State eq 1 or State eq 2)", []],
    ["State eq null and Id gt 'a' and startswith(Name,'')", []],
    ["startswith(Name,'x') eq false and endswith(Name,'y')", []],
  ] as const) {
    it(`restricts a list by no more than it says: ${filter}`, () => {
      const found = restrictionsOf(parseFilter(filter, PROPERTIES));
      assert.deepEqual(
        found.map(
          ({ property, comparison, value }) => `${property} ${comparison} ${String(value)}`,
        ),
        expected,
      );
    });
  }

  it("restricts a list to a beginning however that is written", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.string({ unit: "binary" }), (start, end) => {
        const quoted = `'${start.replaceAll("'", "''")}'`;
        const found = restrictionsOf(parseFilter(`startswith(Name,${quoted})`, PROPERTIES));
        const name = start + end;
        return found.every(({ comparison, value }) =>
          comparison === "ge" ? name >= value : name < value,
        );
      }),
    );
  });

  it("offers the equalities that every match must have, and no others", () => {
    const equal = equalities(parseFilter("Name eq 'a' and (State eq 1 or State eq 2)", PROPERTIES));
    assert.deepEqual([...equal], [["Name", "a"]]);
  });
});
