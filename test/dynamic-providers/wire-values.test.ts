import { strict as assert } from "node:assert";
import { describe, it } from "mocha";
import {
  boolean,
  collection,
  date,
  number,
  parseDate,
  text,
} from "../../dynamic-providers/operations/media-services-client/wire-values";

describe("values on the wire", () => {
  for (const [form, expected] of [
    ["2015-01-18T22:06:40.6010903Z", "2015-01-18T22:06:40.601Z"],
    ["2015-02-11T01:46:08.897", "2015-02-11T01:46:08.897Z"],
    ["2015-02-11T01:46:08", "2015-02-11T01:46:08.000Z"],
    ["2015-02-18T06:34:47.267872+00:00", "2015-02-18T06:34:47.267Z"],
    ["2015-02-18T06:34:47+02:00", "2015-02-18T04:34:47.000Z"],
    ["/Date(1337049393000)/", "2012-05-15T02:36:33.000Z"],
  ] as const) {
    it(`reads the date ${form}`, () => {
      assert.equal(parseDate(form).toISOString(), expected);
    });
  }

  it("refuses what is no date", () => {
    assert.throws(() => parseDate("tomorrow"), { message: "'tomorrow' is not a date" });
  });

  it("reads numbers as such and as texts", () => {
    const entity = { a: 3, b: "1186540", c: null, e: "three" };
    assert.deepEqual(
      ["a", "b", "c", "d"].map((name) => number(entity, name)),
      [3, 1_186_540, 0, 0],
    );
    assert.throws(() => number(entity, "e"), { message: 'e should be a number, got "three"' });
  });

  it("reads null and absent texts as empty, dates as none, truth values as false", () => {
    assert.equal(text({ a: null }, "a"), "");
    assert.equal(date({}, "a"), undefined);
    assert.deepEqual(
      [true, "True", "false", null].map((a) => boolean({ a }, "a")),
      [true, true, false, false],
    );
  });

  it("reads collections bare and within results", () => {
    assert.deepEqual(collection({ a: [{ Code: "x" }] }, "a"), [{ Code: "x" }]);
    assert.deepEqual(collection({ a: { results: [{ Code: "x" }] } }, "a"), [{ Code: "x" }]);
    assert.deepEqual(collection({ a: null }, "a"), []);
  });
});
