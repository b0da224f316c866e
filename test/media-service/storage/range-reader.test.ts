import { strict as assert } from "node:assert";
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, it } from "mocha";
import { AzureBlobStore } from "../../../media-service/storage/azure-blob-store";

const CONTENT = Buffer.from(Array.from({ length: 1000 }, (_, at) => at % 251));
const ADDRESS = { container: "media", blob: "film.mp4" };
const RANGE = { offset: 100, sizeBytes: 400, etag: '"1"' };

/** What a store does with a request after it has looked for the range. */
type Behaviour = "whole" | "half" | "none" | "changed" | "longer" | "silent";

describe("reading a part of a blob", () => {
  let server: Server;
  let asked: IncomingMessage["headers"][];
  afterEach(() => {
    server.closeAllConnections();
    server.close();
  });

  /** A store that behaves in turn as it is told, and well after that. */
  async function startStore(...behaviours: Behaviour[]): Promise<AzureBlobStore> {
    asked = [];
    server = createServer((request, response) => {
      asked.push(request.headers);
      BEHAVIOURS[behaviours.shift() ?? "whole"](response, partAskedFor(request));
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    const blobEndpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}/account`;
    return new AzureBlobStore({
      ...{ accountName: "account", accountKey: "a2V5", blobEndpoint },
      ...{ queueEndpoint: "", tableEndpoint: "" },
    });
  }

  async function read(store: AzureBlobStore): Promise<Buffer> {
    const pieces: Buffer[] = [];
    await store.streamRange(ADDRESS, RANGE, (piece) => pieces.push(Buffer.from(piece)));
    return Buffer.concat(pieces);
  }
  const expected = CONTENT.subarray(100, 500);

  it("is one request, for one version", async () => {
    const store = await startStore();

    assert(expected.equals(await read(store)));
    assert(expected.equals(await store.readRange(ADDRESS, RANGE)));
    assert.deepEqual(
      asked.map(({ range, "if-match": version }) => [range, version]),
      [
        ["bytes=100-499", '"1"'],
        ["bytes=100-499", '"1"'],
      ],
    );
  });

  it("goes on where it was broken off, in the same version", async () => {
    const store = await startStore("half");

    assert(expected.equals(await read(store)));
    assert.equal(asked.length, 2);
    assert.equal(asked[1]?.["x-ms-range"] ?? asked[1]?.range, "bytes=300-499");
    assert.equal(asked[1]?.["if-match"], '"1"');
  });

  it("fails when what was broken off has changed, with nothing of the new version given", async () => {
    const store = await startStore("half", "changed");
    const pieces: Buffer[] = [];

    await assert.rejects(
      store.streamRange(ADDRESS, RANGE, (piece) => pieces.push(piece)),
      { name: "ConflictError" },
    );
    assert(Buffer.concat(pieces).equals(expected.subarray(0, 200)));
  });

  for (const behaviour of ["none", "longer", "silent"] as const) {
    it(`is tried again after an answer that is ${behaviour}`, async function () {
      this.timeout(10_000);
      const store = await startStore(behaviour);

      assert(expected.equals(await read(store)));
    });
  }
});

/** How a store behaves; given the part that it was asked for. */
const BEHAVIOURS: Readonly<Record<Behaviour, (response: ServerResponse, part: Buffer) => void>> = {
  whole: (response, part) => head(response, part.length).end(part),
  half: (response, part) =>
    head(response, part.length).write(part.subarray(0, part.length >> 1), () =>
      response.socket?.destroy(),
    ),
  longer: (response) => head(response, CONTENT.length).end(CONTENT),
  none: (response) => response.socket?.destroy(),
  silent: () => undefined,
  changed: (response) => response.writeHead(412, { "x-ms-error-code": "ConditionNotMet" }).end(),
};

function head(response: ServerResponse, sizeBytes: number): ServerResponse {
  return response.writeHead(206, { "content-length": sizeBytes, etag: '"1"' });
}

function partAskedFor({ headers }: IncomingMessage): Buffer {
  const range = String(headers.range ?? headers["x-ms-range"]);
  const [, from = 0, to = 0] = /^bytes=(\d+)-(\d+)$/.exec(range) ?? [];
  return CONTENT.subarray(Number(from), Number(to) + 1);
}
