import { strict as assert } from "node:assert";
import { describe, it } from "mocha";
import {
  isUnchanged,
  matchesEntityTag,
  mayBeContinued,
} from "../../../media-service/origin/conditions";

describe("If-None-Match", () => {
  for (const [header, expected] of [
    ['"a"', true],
    ['W/"a"', true],
    ['"b", "a"', true],
    ["*", true],
    ['"b"', false],
  ] as const) {
    it(`${header} ${expected ? "names" : "does not name"} "a"`, () => {
      assert.equal(matchesEntityTag(header, '"a"'), expected);
    });
  }
});

describe("conditions", () => {
  const lastModified = new Date("2026-01-02T03:04:05.678Z");
  const file = { etag: '"a"', lastModified };

  for (const [headers, expected] of [
    [{ "if-modified-since": "Fri, 02 Jan 2026 03:04:05 GMT" }, true],
    [{ "if-modified-since": "Fri, 02 Jan 2026 03:04:04 GMT" }, false],
    [{ "if-modified-since": "yesterday" }, false],
    [{ "if-none-match": '"b"', "if-modified-since": "Fri, 02 Jan 2026 03:04:05 GMT" }, false],
    [{}, false],
  ] as const) {
    it(`${JSON.stringify(headers)} ${expected ? "is" : "is not"} the version there is`, () => {
      assert.equal(isUnchanged(headers, file), expected);
    });
  }

  it("dates mean nothing where none is told", () => {
    const since = { "if-modified-since": "Fri, 02 Jan 2099 03:04:05 GMT" };

    assert.equal(isUnchanged(since, { etag: '"a"' }), false);
  });

  for (const [condition, expected] of [
    ['"a"', true],
    ['W/"a"', false],
    ['"b"', false],
    ["Fri, 02 Jan 2026 03:04:05 GMT", true],
    ["Fri, 02 Jan 2026 03:04:06 GMT", false],
  ] as const) {
    it(`If-Range ${condition} ${expected ? "goes on" : "begins anew"}`, () => {
      assert.equal(mayBeContinued({ "if-range": condition }, file), expected);
    });
  }
});
