import { strict as assert } from "node:assert";
import { describe, it } from "mocha";
import { parseAnswerHead } from "../../../media-service/storage/answer-head";

const head = (...lines: string[]) => parseAnswerHead([...lines, "", ""].join("\r\n"));

describe("the head of a store's answer", () => {
  it("tells its status and the size of its body", () => {
    assert.deepEqual(head("HTTP/1.1 206 Partial Content", "ETag: 1", "content-LENGTH:  12 "), {
      status: 206,
      sizeBytes: 12,
      staysOpen: true,
    });
    assert.equal(head("HTTP/1.1 206", "Content-Length: 0")?.sizeBytes, 0);
  });

  for (const [what, ...lines] of [
    ["no length"],
    ["two lengths", "Content-Length: 1", "Content-Length: 1"],
    ["two different lengths", "Content-Length: 1", "X: y", "Content-Length: 2"],
    ["pieces beside a length", "Content-Length: 1", "Transfer-Encoding: chunked"],
    ["a length that is no number", "Content-Length: +1"],
    ["a length that goes on in the next line", "Content-Length: 1", " 2"],
    ["a length in another header", "X: Content-Length: 1"],
  ] as const) {
    it(`tells no size where there is ${what}`, () => {
      assert.equal(head("HTTP/1.1 206 Partial Content", ...lines)?.sizeBytes, undefined);
    });
  }

  it("tells that the connection ends", () => {
    for (const value of ["close", "Keep-Alive, Close"]) {
      assert.equal(head("HTTP/1.1 206 x", `Connection: ${value}`)?.staysOpen, false);
    }
    assert.equal(head("HTTP/1.1 206 x", "Connection: keep-alive")?.staysOpen, true);
  });

  it("is none of another protocol", () => {
    for (const line of ["HTTP/1.0 206 x", "HTTP/2 206", "HTTP/1.1 2060 x", "206", ""]) {
      assert.equal(head(line, "Content-Length: 1"), undefined);
    }
  });
});
