import { strict as assert } from "node:assert";
import { afterEach, describe, it } from "mocha";
import {
  listSource,
  type SourceListing,
} from "../../dynamic-providers/operations/source-container/list-source";
import { openSourceContainer } from "../../dynamic-providers/operations/source-container/open-container";
import { type ScriptedAnswer, ScriptedServer } from "../support/scripted-server";

const KEY = Buffer.from("the key of the store").toString("base64");

/** What the environment holds for a store that takes keys. */
function giveKey(account: string, key: string): void {
  process.env["AZURE_STORAGE_ACCOUNT"] = account;
  process.env["AZURE_STORAGE_KEY"] = key;
}

function takeKey(): void {
  delete process.env["AZURE_STORAGE_ACCOUNT"];
  delete process.env["AZURE_STORAGE_KEY"];
}

function namesIn(listing: SourceListing): string[] {
  if ("fault" in listing) assert.fail(listing.fault);
  return listing.blobs.map(({ name }) => name);
}

function faultOf(listing: SourceListing): string {
  return "fault" in listing ? listing.fault : "none";
}

/** A page of a listing as a store answers it. */
function page(names: readonly string[], next: string): ScriptedAnswer {
  const blobs = names.map(
    (name) =>
      `<Blob><Name>${name}</Name><Properties><Etag>0x1</Etag><Content-Length>5</Content-Length><BlobType>BlockBlob</BlobType></Properties></Blob>`,
  );
  const body = `<?xml version="1.0" encoding="utf-8"?><EnumerationResults ContainerName="films"><Blobs>${blobs.join("")}</Blobs><NextMarker>${next}</NextMarker></EnumerationResults>`;
  return { status: 200, headers: { "content-type": "application/xml" }, body };
}

describe("a container that a library is in", function () {
  this.timeout(120_000);
  afterEach(takeKey);

  it("is listed page by page, until the store has told all", async () => {
    const names = Array.from({ length: 10_001 }, (_, index) => `film-${index + 1e6}.mp4`);
    await using server = await ScriptedServer.start(({ url }) => {
      const from = Number(/[?&]marker=(\d+)/.exec(url)?.[1] ?? 0);
      const next = from + 5_000;
      return page(names.slice(from, next), next < names.length ? next.toString() : "");
    });
    giveKey("films", KEY);
    const listing = await listSource({ container: `${server.url}/films/all`, prefix: "film-" });

    assert.deepEqual(namesIn(listing), names);
    assert.equal(server.seen.length, 3);
    for (const { url } of server.seen) assert.match(url, /^\/films\/all\?.*prefix=film-/);
  });

  it("is opened once, so that one token serves for all its blobs, unless that failed", async () => {
    const container = "http://127.0.0.1:1/films/once";
    await assert.rejects(openSourceContainer(container), /set AZURE_STORAGE_ACCOUNT/);
    giveKey("films", KEY);
    assert.equal(await openSourceContainer(container), await openSourceContainer(container));
  });

  it("is not listed where something else answers", async () => {
    await using server = await ScriptedServer.start(() => ({
      ...{ status: 200, headers: { "content-type": "text/html" } },
      body: "<html>Welcome to this hotel</html>",
    }));
    giveKey("films", KEY);
    const listing = await listSource({ container: `${server.url}/films/all`, prefix: "" });
    assert.equal(faultOf(listing), "what answers there is not Azure Storage");
  });

  it("is not listed with the key of another account, nor without one", async () => {
    giveKey("others", KEY);
    const container = "http://127.0.0.1:1/films/all";
    const { fault } = (await listSource({ container, prefix: "" })) as { fault: string };
    assert.match(fault, /'films' speaks http, .*: set AZURE_STORAGE_ACCOUNT to its name and AZURE/);
  });

  it("is not listed where nobody answers, which is told within seconds", async () => {
    giveKey("films", KEY);
    const listing = await listSource({ container: "http://127.0.0.1:1/films/all", prefix: "" });
    assert.match(faultOf(listing), /account films does not answer \(ECONNREFUSED\)\. Check its/);
  });
});
