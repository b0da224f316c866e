import { strict as assert } from "node:assert";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { describe, it } from "mocha";
import {
  acceptedEncoding,
  compressed,
  isCompressible,
} from "../../../local-cloud/edge/compression";

describe("the edge's compression", () => {
  for (const [header, encoding] of [
    [undefined, undefined],
    ["", undefined],
    ["identity", undefined],
    ["gzip", "gzip"],
    ["gzip, deflate, br", "br"],
    ["GZIP;q=0.5, br;q=0", "gzip"],
    ["*;q=0", undefined],
    ["*", "br"],
    ["gzip;q=zero", undefined],
  ] as const) {
    it(`takes ${JSON.stringify(header)} for ${String(encoding)}`, () => {
      assert.equal(acceptedEncoding(header), encoding);
    });
  }

  const types = new Set(["text/plain"]);
  for (const [body, is] of [
    [{ type: "Text/Plain; charset=utf-8", encoding: undefined, sizeBytes: 1024 }, true],
    [{ type: "text/plain", encoding: undefined, sizeBytes: 1023 }, false],
    [{ type: "text/plain", encoding: undefined, sizeBytes: 8 * 1024 * 1024 + 1 }, false],
    [{ type: "text/plain", encoding: "gzip", sizeBytes: 2000 }, false],
    [{ type: "video/mp4", encoding: undefined, sizeBytes: 2000 }, false],
    [{ type: undefined, encoding: undefined, sizeBytes: 2000 }, false],
  ] as const) {
    it(`${is ? "is for" : "leaves alone"} ${JSON.stringify(body)}`, () => {
      assert.equal(isCompressible(body, types), is);
    });
  }

  it("can be undone", async () => {
    const text = Buffer.from("again and ".repeat(1000));

    assert.deepEqual(brotliDecompressSync(await compressed(text, "br")), text);
    assert.deepEqual(gunzipSync(await compressed(text, "gzip")), text);
  });
});
