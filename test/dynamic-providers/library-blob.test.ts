import { strict as assert } from "node:assert";
import { execFile } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import {
  AccountSASPermissions,
  BlobServiceClient,
  type ContainerClient,
  generateAccountSASQueryParameters,
  RestError,
  StorageSharedKeyCredential,
} from "@azure/storage-blob";
import { DiffResponse } from "@pulumi/pulumi/proto/provider_pb";
import { after, before, describe, it } from "mocha";
import { MezzanineAsset } from "../../dynamic-providers/mezzanine-asset";
import { type BlobEntry, toBlobEntry } from "../../dynamic-providers/operations/copy/blob-entry";
import { copySingle } from "../../dynamic-providers/operations/copy/copy-single";
import { MediaServicesClient } from "../../dynamic-providers/operations/media-services-client/client";
import { assets, files } from "../../dynamic-providers/operations/media-services-client/entities";
import type { SourceContainer } from "../../dynamic-providers/operations/source-container/open-container";
import { signedBlob } from "../../dynamic-providers/operations/source-container/signed-blob";
import type { SourceListing } from "../../dynamic-providers/operations/source-container/list-source";
import type { SourceBlob } from "../../dynamic-providers/operations/source-container/source-blob";
import { ofType } from "../components/deploy";
import { runProgram } from "../components/run-program";
import { type Azurite, startAzurite } from "../support/azurite";
import { DynamicProvider, initFailureOf } from "../support/dynamic-provider";
import { type IdentityStore, startIdentityStore } from "../support/identity-store";
import { startMediaService, type TestMediaService } from "../support/media-service";
import { registeredResources } from "../support/serialized-resources";
import { until } from "../local-cloud/until";
import { startStoreProxy } from "./copy/store-proxy";
import { newContainer, recordEvents } from "./copy/stores";

const CLIP = resolve(__dirname, "../fixtures/tiny-clip.mp4");
const LIST = join(__dirname, "list-source-child.ts");
const { DIFF_NONE } = DiffResponse.DiffChanges;
const FILMS_KEY = randomBytes(64).toString("base64");
const MIB = 1024 * 1024;

type Bag = Record<string, unknown>;

/** One store takes keys and can copy from its neighbour, the other takes tokens over https. */
describe("a mezzanine that is a blob of a library", function () {
  this.timeout(180_000);
  let azurite: Azurite;
  let tokens: IdentityStore;
  let service: TestMediaService;
  let provider: DynamicProvider;
  let account: ContainerAccount;
  let films: ContainerClient;
  let clip: Buffer;
  let stub: unknown;
  let environment: NodeJS.ProcessEnv;

  before(async () => {
    clip = await readFile(CLIP);
    [azurite, tokens] = await Promise.all([
      startAzurite({ accountName: "blobmedia", moreAccounts: { films: FILMS_KEY } }),
      startIdentityStore(),
    ]);
    service = await startMediaService({ storage: azurite, accountName: "east" });
    const { apiUrl, tokenUrl, accountName, accountKey } = service;
    account = { apiUrl, tokenUrl, accountName, accountKey };
    films = new BlobServiceClient(
      `http://127.0.0.1:${azurite.ports.blob}/films`,
      new StorageSharedKeyCredential("films", FILMS_KEY),
    ).getContainerClient("mezzanines");
    await films.create();
    environment = {
      ...tokens.env,
      AZURE_TOKEN_CREDENTIALS: "ManagedIdentityCredential",
      AZURE_STORAGE_ACCOUNT: "films",
      AZURE_STORAGE_KEY: FILMS_KEY,
    };
    provider = await DynamicProvider.start({ env: environment });
    const [registered] = await registeredResources(() => [
      new MezzanineAsset("m", { account, name: "m", file: "a.mp4" }),
    ]);
    stub = registered?.inputs["__provider"];
  });

  after(async () => {
    // Whatever has come up: a failed start leaves the rest undefined.
    await (provider as DynamicProvider | undefined)?.[Symbol.asyncDispose]();
    await (service as TestMediaService | undefined)?.kill();
    await (tokens as IdentityStore | undefined)?.[Symbol.asyncDispose]();
    await (azurite as Azurite | undefined)?.kill();
  });

  /** Inputs as the program makes them of what it listed. */
  const inputsOf = (name: string, file: string, blob: SourceBlob): Bag => ({
    ...{ account, name, file, blob, serverSideCopy: "auto", version: 1, __provider: stub },
  });
  const put = async (name: string, content: Buffer, md5 = true): Promise<SourceBlob> => {
    const blob = films.getBlockBlobClient(name);
    const id = Buffer.from("whole").toString("base64");
    if (md5) await blob.upload(content, content.length);
    else {
      await blob.stageBlock(id, content, content.length);
      await blob.commitBlockList([id]);
    }
    return versionOf(name);
  };
  const versionOf = async (name: string): Promise<SourceBlob> => {
    const found = await films.getBlobClient(name).getProperties();
    return {
      container: films.url,
      etag: (found.etag ?? "").replaceAll('"', ""),
      sizeBytes: found.contentLength ?? 0,
      ...(found.contentMD5 && { md5: Buffer.from(found.contentMD5).toString("base64") }),
    };
  };
  const checked = async (inputs: Bag, olds: Bag = {}): Promise<Bag> => {
    const { inputs: news, failures } = await provider.check(inputs, olds);
    assert.deepEqual(failures, []);
    return news;
  };
  const content = ({ container, fileName }: Bag): Promise<Buffer> =>
    new BlobServiceClient(
      azurite.blobEndpoint,
      new StorageSharedKeyCredential(azurite.accountName, azurite.accountKey),
    )
      .getContainerClient(String(container))
      .getBlobClient(String(fileName))
      .downloadToBuffer();
  const printed = (): string => provider.printed.join("");

  it("is copied by the store itself where that can read the library", async () => {
    const inputs = await checked(
      inputsOf("near", "films/a b.mp4", await put("films/a b.mp4", clip)),
    );
    const md5 = createHash("md5").update(clip).digest("base64");
    assert.equal(inputs["contentTag"], `md5:${md5}:${clip.length}`);
    const { outs } = await provider.create(inputs);

    assert.equal(outs["fileName"], "a b.mp4");
    assert.ok((await content(outs)).equals(clip));
    const file = await new MediaServicesClient(account).get(files, String(outs["assetFileId"]));
    assert.deepEqual([file?.sizeBytes, file?.isPrimary], [clip.length, true]);
    assert.doesNotMatch(printed(), /through this machine/);
  });

  it("is copied through this machine where the store can't read the library", async () => {
    const container = `${tokens.azurite.blobEndpoint}/mezzanines`;
    await putByFetch(tokens, "films/b.mp4", clip);
    const listing = await list(container, "films/");
    assert.ok("blobs" in listing);
    const [found] = listing.blobs;
    assert.ok(found?.md5);
    const { name: file, etag, sizeBytes, md5 } = found;
    const inputs = await checked(inputsOf("far", file, { container, etag, sizeBytes, md5 }));
    const { outs } = await provider.create(inputs);

    assert.ok((await content(outs)).equals(clip));
    await until("the note is printed", () => printed().includes("Copying through this machine"));
    assert.match(printed(), /copy far: Copying through this machine, as the target store can't/);
  });

  it("is relayed where that is configured, and told by its ETag where it has no MD5", async () => {
    const version = await put("c.mp4", clip, false);
    assert.equal(version.md5, undefined);
    const given = { ...inputsOf("plain", "c.mp4", version), serverSideCopy: "never" };
    const inputs = await checked(given);
    assert.equal(inputs["contentTag"], `etag:${version.etag}:${clip.length}`);

    assert.ok((await content((await provider.create(inputs)).outs)).equals(clip));
  });

  it("is no difference while its content is the same, written anew or not", async () => {
    const olds = await checked(inputsOf("same", "d.mp4", await put("d.mp4", clip)));
    const { id, outs } = await provider.create(olds);
    await films.getBlobClient("d.mp4").setMetadata({ reviewed: "yes" });
    const touched = await checked(inputsOf("same", "d.mp4", await versionOf("d.mp4")), olds);
    assert.notDeepEqual(touched["blob"], olds["blob"]);
    assert.equal((await provider.diff(id, outs, touched)).getChanges(), DIFF_NONE);
    assert.equal((await provider.read(id, outs)).id, id);

    const other = Buffer.concat([clip, Buffer.from("\0\0\0\x08free", "latin1")]);
    const news = await checked(inputsOf("same", "d.mp4", await put("d.mp4", other)), olds);
    assert.deepEqual((await provider.diff(id, outs, news)).getReplacesList(), ["contentTag"]);
  });

  it("is looked into by a preview once, and never while it is known", async () => {
    const version = await put("e.mp4", clip);
    const olds = await checked(inputsOf("once", "e.mp4", version));
    const gone = { ...version, container: "http://127.0.0.1:1/films/gone" };
    await checked(inputsOf("once", "e.mp4", gone), olds);
    const cut = await put("cut.mp4", clip.subarray(0, clip.length - 1_000));
    const { failures } = await provider.check(inputsOf("cut", "cut.mp4", cut));
    assert.match(failures.join(), /file: The blob 'cut\.mp4' in http.*\/mezzanines is truncated: /);
  });

  it("is told by the preview when it vanished or changed since it was listed", async () => {
    const version = await put("f.mp4", clip);
    await put("f.mp4", Buffer.concat([clip, clip]));
    const changed = await provider.check(inputsOf("told", "f.mp4", version));
    assert.match(changed.failures.join(), /'f\.mp4' in .* changed since it was listed \(/);
    await films.deleteBlob("f.mp4");
    const { failures } = await provider.check(inputsOf("told", "f.mp4", version));
    assert.match(failures.join(), /'f\.mp4' in .* is not there any more\. Run again/);
  });

  it("is not copied, nor in part, when it changed between preview and up", async () => {
    const inputs = await checked(inputsOf("late", "g.mp4", await put("g.mp4", clip)));
    await put("g.mp4", Buffer.concat([clip, clip]));
    const failure = await provider.create(inputs).then(() => undefined, initFailureOf);
    assert.match(
      failure?.reasons.join() ?? "",
      new RegExp(
        `'g\\.mp4' in .* changed since .* \\(${clip.length} bytes then, ${2 * clip.length} now\\)`,
      ),
    );
    const { properties: outs = {} } = failure ?? {};
    await assert.rejects(content({ ...outs, fileName: "g.mp4" }), { statusCode: 404 });

    await put("g.mp4", clip);
    const made = await provider.update(failure?.id ?? "", outs, inputs);
    assert.ok((await content(made)).equals(clip));
  });

  it("goes on after the provider was killed in the middle, in the same asset", async () => {
    const large = randomBytes(20 * MIB);
    const version = await put("large.mp4", large, false);
    const ranges: string[] = [];
    let killed = false;
    await using proxy = await startStoreProxy(films.url, {
      before: ({ method, headers }) => {
        const range = String(headers["x-ms-range"] ?? headers.range ?? "");
        if (method === "GET" && range.endsWith(`-${20 * MIB - 1}`) && !killed) {
          return new Promise(() => undefined);
        }
        return undefined;
      },
      after: ({ method, headers }) => {
        const range = String(headers["x-ms-range"] ?? headers.range ?? "");
        if (method === "GET" && range !== "") ranges.push(range);
      },
    });
    const blob = { ...version, container: proxy.through(films.url) };
    const inputs = {
      ...inputsOf("large", "large.mp4", blob),
      ...{ serverSideCopy: "never", sizeBytes: blob.sizeBytes },
      contentTag: `etag:${blob.etag}:${blob.sizeBytes}`,
    };
    const first = await DynamicProvider.start({ env: environment });
    const creating = first.create(inputs).catch(() => undefined);
    const client = new MediaServicesClient(account);
    await until("two blocks are sent", async () => (await staged(client, azurite)) === 2, 60_000);
    first.kill();
    await creating;
    await first[Symbol.asyncDispose]();
    killed = true;
    const before = ranges.length;
    const { outs } = await provider.create(inputs);

    assert.ok((await content(outs)).equals(large));
    assert.equal((await client.find(assets, { Name: "large" })).length, 1);
    assert.match(printed(), /large\.mp4: going on after 2 of 3 blocks/);
    assert.ok(before >= 2);
  });

  it("may have any name that a store allows", async () => {
    const name = "films/grün? 100% & #1 + 'x' (é).mp4";
    for (const serverSideCopy of ["always", "never"]) {
      const given = { ...inputsOf(`odd-${serverSideCopy}`, name, await put(name, clip)) };
      const { outs } = await provider.create(await checked({ ...given, serverSideCopy }));
      assert.equal(outs["fileName"], "grün_ 100_ _ _1 _ _x_ _é_.mp4");
      assert.ok((await content(outs)).equals(clip), serverSideCopy);
    }
    await films.deleteBlob(name);
  });

  it("is read by its token where the deployer may not sign, and not by the store", async () => {
    await put("h.mp4", clip);
    const refused = new RestError("not allowed", { statusCode: 403 });
    const service = { getUserDelegationKey: () => Promise.reject(refused) };
    const container = { client: films, service, byKey: false } as unknown as SourceContainer;
    const readable = await signedBlob(container, "h.mp4");
    assert.match(readable.unsigned ?? "", /may read the library, but gets no key to sign with/);
    assert.doesNotMatch(readable.blob.url, /\?/);

    const { client, sasUrl } = await newContainer(
      new BlobServiceClient(
        azurite.blobEndpoint,
        new StorageSharedKeyCredential(azurite.accountName, azurite.accountKey),
      ),
    );
    const events = recordEvents();
    let entry: BlobEntry | undefined;
    for await (const item of films.listBlobsFlat({ prefix: "h.mp4" })) entry = toBlobEntry(item);
    assert.ok(entry);
    const source = { container: films, ...readable, entry, read: () => Promise.resolve(entry) };
    await copySingle({ source, targetUrl: sasUrl, events });
    assert.ok((await client.getBlobClient("h.mp4").downloadToBuffer()).equals(clip));
    assert.match(events.notes.join(), /through this machine, .* gets no key to sign with/);
    await copySingle({ source, targetUrl: sasUrl, events });
    assert.equal(events.notes.at(-1), "is there already");
  });

  it("is found by a stack's program, which says in a line what there is", async () => {
    Object.assign(process.env, { AZURE_STORAGE_ACCOUNT: "films", AZURE_STORAGE_KEY: FILMS_KEY });
    try {
      const library = { container: films.url, prefix: "films/" };
      const declared = await runProgram("dev", { library, videos: [] });
      const [mezzanine] = Object.values(
        ofType(declared, "pulumi-nodejs:dynamic/twinstream:MezzanineAsset"),
      );
      assert.equal(mezzanine?.name, "a-b-east");
      assert.deepEqual(mezzanine.inputs["blob"], await versionOf("films/a b.mp4"));
      assert.equal(mezzanine.inputs["file"], "films/a b.mp4");
      const [job] = Object.values(ofType(declared, "pulumi-nodejs:dynamic/twinstream:EncodingJob"));
      assert.equal(job?.inputs["inputSha256"], "tag of a-b-east");
      await assert.rejects(
        runProgram("dev", { library: { container: `${films.url}-x` } }),
        /twinstream:library\.container: ".*-x" can't be listed: storage account films has no cont/,
      );
    } finally {
      delete process.env["AZURE_STORAGE_ACCOUNT"];
      delete process.env["AZURE_STORAGE_KEY"];
    }
  });

  it("is listed by nobody who is not logged in, and in no container that is not there", async () => {
    const container = `${tokens.azurite.blobEndpoint}/mezzanines`;
    const none = await list(`${container}-x`, "");
    assert.match(faultOf(none), /twinstreamtest has no container "mezzanines-x" \(HTTP 404 Con/);
    const nobody = await list(container, "", { AZURE_TOKEN_CREDENTIALS: "EnvironmentCredential" });
    assert.match(faultOf(nobody), /^nobody is logged in who could be asked \(.*\)\. Log in, for/);
  });

  it("leaves neither a key nor a signature in what the provider prints", () => {
    assert.ok(!printed().includes(FILMS_KEY));
    assert.doesNotMatch(printed(), /sig=|skoid/);
  });

  /** Lists as the program of a stack does, in a process that trusts the store. */
  async function list(
    container: string,
    prefix: string,
    env: NodeJS.ProcessEnv = {},
  ): Promise<SourceListing> {
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ["-r", "tsx/cjs", LIST, container, prefix],
      { env: { ...process.env, ...environment, ...env } },
    );
    return JSON.parse(stdout) as SourceListing;
  }
});

interface ContainerAccount {
  readonly apiUrl: string;
  readonly tokenUrl: string;
  readonly accountName: string;
  readonly accountKey: string;
}

function faultOf(listing: SourceListing): string {
  return "fault" in listing ? listing.fault : "none";
}

/** How many blocks lie uncommitted in the one asset called `large`. */
async function staged(client: MediaServicesClient, azurite: Azurite): Promise<number> {
  const [asset] = await client.find(assets, { Name: "large" });
  if (asset === undefined) return 0;
  const container = new URL(asset.uri).pathname.split("/").at(-1) ?? "";
  const list = await new BlobServiceClient(
    azurite.blobEndpoint,
    new StorageSharedKeyCredential(azurite.accountName, azurite.accountKey),
  )
    .getContainerClient(container)
    .getBlockBlobClient("large.mp4")
    .getBlockList("uncommitted")
    .catch(() => undefined);
  return list?.uncommittedBlocks?.length ?? 0;
}

/** This process does not trust the store's certificate: its library can't be used here. */
async function putByFetch(store: IdentityStore, name: string, content: Buffer): Promise<void> {
  const { blobEndpoint, accountName, accountKey } = store.azurite;
  const sas = generateAccountSASQueryParameters(
    {
      ...{ services: "b", resourceTypes: "co", expiresOn: new Date(Date.now() + 3_600_000) },
      permissions: AccountSASPermissions.parse("rwdlac"),
    },
    new StorageSharedKeyCredential(accountName, accountKey),
  ).toString();
  const made = await store.fetch(`${blobEndpoint}/mezzanines?restype=container&${sas}`, {
    method: "PUT",
  });
  assert.equal(made.status, 201);
  const answer = await store.fetch(`${blobEndpoint}/mezzanines/${name}?${sas}`, {
    ...{ method: "PUT", body: content },
    headers: { "x-ms-blob-type": "BlockBlob" },
  });
  assert.equal(answer.status, 201);
}
