import { strict as assert } from "node:assert";
import { describe, it } from "mocha";
import { listFilter } from "../../../media-service/storage/list-filter";

const COLUMNS = { name: "string", created: "date", state: "int32", size: "int64" } as const;
type Condition = Parameters<typeof listFilter<Record<string, unknown>>>[0][number];

const filter = (column: string, value: Condition["value"]) =>
  listFilter<Record<string, unknown>>([{ column, comparison: "ge", value }], COLUMNS);

describe("a filter of table storage", () => {
  for (const [column, value, expected] of [
    ["name", "it's", " and name ge 'it''s'"],
    [
      "created",
      new Date("2024-01-02T03:04:05Z"),
      " and created ge datetime'2024-01-02T03:04:05.000Z'",
    ],
    ["state", -3, " and state ge -3"],
  ] as const) {
    it(`says what ${column} has to be`, () => {
      assert.equal(filter(column, value), expected);
    });
  }

  for (const [why, column, value] of [
    ["text that makes the address too long", "name", "a".repeat(201)],
    ["half of a surrogate pair", "name", "a\ud800"],
    ["a control character", "name", "a\u0000"],
    ["a year before the store's first", "created", new Date("1600-12-31T00:00:00Z")],
    ["a year after the store's last", "created", new Date("+010000-01-01T00:00:00Z")],
    ["a number that is no Int32", "state", 2 ** 31],
    ["a fraction", "state", 1.5],
    ["a column that is not compared", "size", 1],
    ["a column that is not there", "other", 1],
    ["a value of another kind", "name", 1],
  ] as const) {
    it(`leaves out ${why}`, () => {
      assert.equal(filter(column, value), "");
    });
  }

  it("has no more conditions than the store takes", () => {
    const many = Array.from(
      { length: 20 },
      () => ({ column: "state", comparison: "eq", value: 1 }) as const,
    );
    assert.equal(listFilter<Record<string, unknown>>(many, COLUMNS).split(" and ").length - 1, 10);
  });
});
