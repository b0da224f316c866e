import { strict as assert } from "node:assert";
import { describe, it } from "mocha";
import { formatDate, parseDate } from "../../../media-service/odata/dates";

describe("dates on the wire", () => {
  for (const [text, iso] of [
    ["2015-01-18T22:06:40.6010903Z", "2015-01-18T22:06:40.601Z"],
    ["2015-02-11T01:46:08.897", "2015-02-11T01:46:08.897Z"],
    ["2015-02-18T06:34:47.267872+00:00", "2015-02-18T06:34:47.267Z"],
    ["2015-02-18T06:34:47+02:00", "2015-02-18T04:34:47.000Z"],
    ["/Date(1337049393000)/", "2012-05-15T02:36:33.000Z"],
    ["4/23/2019 10:11:12 AM", "2019-04-23T10:11:12.000Z"],
    ["12/1/2019 12:00:00 AM", "2019-12-01T00:00:00.000Z"],
    ["12/1/2019 12:30:00 PM", "2019-12-01T12:30:00.000Z"],
    ["2019-04-23", "2019-04-23T00:00:00.000Z"],
  ] as const) {
    it(`reads '${text}' as ${iso}`, () => {
      assert.equal(parseDate(text).toISOString(), iso);
    });
  }

  for (const text of [
    "",
    "tomorrow",
    "2019-02-30",
    "13/1/2019 1:00:00 AM",
    "2019-01-01T25:00:00Z",
  ]) {
    it(`refuses '${text}'`, () => {
      assert.throws(() => parseDate(text), { name: "InvalidInputError" });
    });
  }

  it("writes seven fraction digits in UTC", () => {
    assert.equal(formatDate(new Date(1337049393120)), "2012-05-15T02:36:33.1200000Z");
  });
});
