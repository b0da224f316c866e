import { strict as assert } from "node:assert";
import { describe, it } from "mocha";
import type { EntityType } from "../../../media-service/odata/edm";
import { readJsonEntity } from "../../../media-service/odata/read-json";

const THING: EntityType = {
  setName: "Things",
  typeName: "Thing",
  properties: {
    Name: { type: "Edm.String" },
    Count: { type: "Edm.Int32" },
    Size: { type: "Edm.Int64" },
    Minutes: { type: "Edm.Double" },
    IsBig: { type: "Edm.Boolean" },
    Since: { type: "Edm.DateTime" },
  },
  navigations: {
    Parts: { target: "Things", many: true, inline: true },
    Others: { target: "Things", many: true },
  },
};
const read = (json: unknown) => readJsonEntity(() => THING, THING, json);

function nested(depth: number): object {
  return depth === 0 ? { Name: "innermost" } : { Parts: [nested(depth - 1)] };
}

describe("an entity in JSON", () => {
  it("may have its numbers, booleans and dates as text", () => {
    const body = read({
      ...{ Name: "n", Count: "2", Size: "1186540", Minutes: "440.5", IsBig: "false" },
      Since: "4/23/2019 10:11:12 AM",
    });
    assert.deepEqual(Object.fromEntries(body.values), {
      ...{ Name: "n", Count: 2, Size: 1186540, Minutes: 440.5, IsBig: false },
      Since: new Date("2019-04-23T10:11:12Z"),
    });
  });

  for (const [why, json] of [
    ["an unknown property", { Nmae: "x" }],
    ["a property of every object", { constructor: 1 }],
    ["text as a number", { Count: "two" }],
    ["a fraction as an Int32", { Count: 1.5 }],
    ["too large an Int32", { Count: 2 ** 31 }],
    ["a number as text", { Name: 1 }],
    ["no date", { Since: "never" }],
    ["a list as the whole", []],
    ["a new entity inside that can't be made there", { Others: [{ Name: "x" }] }],
    ["new entities inside each other without end", nested(50)],
  ] as const) {
    it(`is refused with ${why}`, () => {
      assert.throws(() => read(json), { name: "InvalidInputError" });
    });
  }

  it("is not fooled by __proto__", () => {
    assert.throws(() => read(JSON.parse('{"__proto__":{"Name":"x"}}')), {
      name: "InvalidInputError",
    });
  });

  for (const [form, json] of [
    ["verbose", { Parts: [{ __metadata: { uri: "a" } }, { __metadata: { uri: "b" } }] }],
    [
      "verbose with results",
      { Parts: { results: [{ __metadata: { uri: "a" } }, { __metadata: { uri: "b" } }] } },
    ],
    ["light", { "Parts@odata.bind": ["a", "b"] }],
  ] as const) {
    it(`links to others in the ${form} form`, () => {
      assert.deepEqual(read(json).links.get("Parts"), ["a", "b"]);
    });
  }

  it("brings new entities along, and passes over deferred ones", () => {
    const body = read({ Parts: [{ Name: "inner" }] });
    assert.equal(body.nested.get("Parts")?.[0]?.string("Name"), "inner");
    assert.equal(read({ Parts: { __deferred: { uri: "x" } } }).nested.size, 0);
  });
});
