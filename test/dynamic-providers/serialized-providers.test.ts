import { strict as assert } from "node:assert";
import { existsSync, readdirSync } from "node:fs";
import * as path from "node:path";
import { DiffResponse } from "@pulumi/pulumi/proto/provider_pb";
import * as pulumi from "@pulumi/pulumi";
import { after, before, describe, it } from "mocha";
import { AccessPolicy } from "../../dynamic-providers/access-policy";
import { AccountKey } from "../../dynamic-providers/account-key";
import { AssetFiles } from "../../dynamic-providers/asset-files";
import { EncodingJob } from "../../dynamic-providers/encoding-job";
import { MezzanineAsset } from "../../dynamic-providers/mezzanine-asset";
import { UNKNOWN } from "../../dynamic-providers/operations/resource-operations";
import { PathwayList } from "../../dynamic-providers/pathway-list";
import { ReplicaAsset } from "../../dynamic-providers/replica-asset";
import { StreamingEndpoint } from "../../dynamic-providers/streaming-endpoint";
import { StreamingLocator } from "../../dynamic-providers/streaming-locator";
import { DynamicProvider, initFailureOf, PROJECT_ROOT } from "../support/dynamic-provider";
import { ScriptedServer, verbose } from "../support/scripted-server";
import { type RegisteredResource, registeredResources } from "../support/serialized-resources";

const KEY = "a-key-that-must-not-be-in-any-provider";
const { DIFF_NONE, DIFF_SOME } = DiffResponse.DiffChanges;

describe("a serialized provider", function () {
  this.timeout(60_000);
  let registered: Map<string, RegisteredResource>;
  let provider: DynamicProvider;

  before(async () => {
    const found = await registeredResources(declareAll);
    registered = new Map(
      found.map((resource) => [resource.type.split(":").at(-1) ?? "", resource]),
    );
    provider = await DynamicProvider.start();
  });

  after(() => provider[Symbol.asyncDispose]());

  function inputsOf(type: string, changes: Record<string, unknown> = {}): Record<string, unknown> {
    const resource = registered.get(type);
    assert.ok(resource, `${type} was not registered`);
    return { ...resource.inputs, ...changes };
  }

  it("belongs to a resource of a type of its own, for policies to tell it by", () => {
    assert.deepEqual(
      [...registered.values()].map(({ type }) => type).sort(),
      [
        "AccessPolicy",
        "AccountKey",
        "AssetFiles",
        "EncodingJob",
        "MezzanineAsset",
        "PathwayList",
        "ReplicaAsset",
        "StreamingEndpoint",
        "StreamingLocator",
      ].map((name) => `pulumi-nodejs:dynamic/twinstream:${name}`),
    );
  });

  it("is a stub: short, without a secret, and without any code of the operations", () => {
    for (const { type, inputs } of registered.values()) {
      const text = String(inputs["__provider"]);
      assert.ok(text.length < 1_000, `${type}: ${text.length} characters`);
      assert.ok(!text.includes(KEY), `${type} holds the key`);
      assert.deepEqual(
        [...text.matchAll(/require\(("[^"]+")\)/g)].map(([, module]) => module),
        ['"./dynamic-providers/load.cjs"'],
      );
    }
  });

  it("takes unknown values at preview as right", async () => {
    for (const { type, inputs } of registered.values()) {
      if (type.endsWith("MezzanineAsset")) continue; // its file is always known
      const unknown = Object.fromEntries(
        Object.entries(inputs).map(([name, value]) => [
          name,
          name === "__provider" || name === "version" ? value : UNKNOWN,
        ]),
      );
      assert.deepEqual((await provider.check(unknown)).failures, [], type);
    }
  });

  it("takes a connection as right of which only the key is unknown yet", async () => {
    const account = { ...connection("http://127.0.0.1:1"), accountKey: UNKNOWN };
    assert.deepEqual((await provider.check(inputsOf("AccessPolicy", { account }))).failures, []);
  });

  it("tells what is wrong with inputs at preview", async () => {
    const { failures } = await provider.check(
      inputsOf("AccessPolicy", { durationMinutes: 0, name: "", account: { apiUrl: "x" } }),
    );
    assert.deepEqual(failures, [
      "account: apiUrl must begin with https:// or http://, got 'x'",
      "account: tokenUrl must be a text that is not empty",
      "account: accountName must be a text that is not empty",
      "account: accountKey must be a text that is not empty",
      "name: name must be a text that is not empty",
      "durationMinutes: durationMinutes must be more than 0 minutes, got 0",
    ]);
  });

  it("refuses a source asset that is StorageEncrypted as soon as it is known", async () => {
    const { failures } = await provider.check(inputsOf("ReplicaAsset", { sourceAssetOptions: 1 }));
    assert.match(failures.join(), /sourceAssetOptions: the source asset is StorageEncrypted/);
  });

  it("shows no difference when only the provider's text changed", async () => {
    const news = inputsOf("AccessPolicy");
    const olds = { ...news, policyId: "p" };
    const newer = { ...news, __provider: `${String(news["__provider"])}\n// a newer version` };
    assert.equal((await provider.diff("p", olds, newer)).getChanges(), DIFF_NONE);
  });

  it("shows a rotated account key as an update", async () => {
    const news = inputsOf("AccessPolicy");
    const account = { ...connection("http://127.0.0.1:1"), accountKey: "another" };
    const answer = await provider.diff("p", { ...news, policyId: "p" }, { ...news, account });
    assert.equal(answer.getChanges(), DIFF_SOME);
    assert.deepEqual(answer.getReplacesList(), []);
  });

  it("shows another account as a replacement", async () => {
    const news = inputsOf("AccessPolicy");
    const account = { ...connection("http://127.0.0.1:1"), accountName: "west" };
    const answer = await provider.diff("p", { ...news, policyId: "p" }, { ...news, account });
    assert.deepEqual(answer.getReplacesList(), ["account"]);
  });

  it("makes an account key that is random, 32 bytes long, and replaced by a rotation", async () => {
    const inputs = inputsOf("AccountKey");
    const [first, second] = [await provider.create(inputs), await provider.create(inputs)];
    assert.equal(Buffer.from(String(first.outs["key"]), "base64").length, 32);
    assert.notEqual(first.outs["key"], second.outs["key"]);
    assert.equal((await provider.diff(first.id, first.outs, inputs)).getChanges(), DIFF_NONE);
    const rotated = await provider.diff(first.id, first.outs, { ...inputs, rotation: "2" });
    assert.deepEqual(rotated.getReplacesList(), ["rotation"]);
    const kept = await provider.update(first.id, first.outs, { ...inputs, version: 2 });
    assert.equal(kept["key"], first.outs["key"]);
  });

  it("answers an empty id for what is gone, so that a refresh forgets it", async () => {
    await using server = await ScriptedServer.start(({ url }) =>
      url.includes("OAuth2-13") ? TOKEN : { status: 404 },
    );
    const outs = inputsOf("AccessPolicy", { account: connection(server.url), policyId: "p" });
    assert.equal((await provider.read("p", outs)).id, "");
    await provider.delete("p", outs);
  });

  it("lets errors of its operations cross with their message", async () => {
    await using server = await ScriptedServer.start(() => ({ status: 401 }));
    const inputs = inputsOf("AccessPolicy", { account: connection(server.url) });
    await assert.rejects(
      provider.create(inputs),
      /media services account 'east' .* failed: 401.*account's name or key is wrong/,
    );
    assert.ok(!provider.printed.join("").includes(KEY));
  });

  it("keeps what a creation made before it failed, with the stub that can delete it", async () => {
    await using server = await ScriptedServer.start(({ url, method }) => {
      if (url.includes("OAuth2-13")) return TOKEN;
      if (url.startsWith("/api/Files")) return { status: 400, body: '{"error":{"message":"no"}}' };
      if (method === "GET") return { status: 200, body: verbose({ results: [] }) };
      const asset = { Id: "nb:cid:UUID:1", Uri: "http://127.0.0.1/store/asset-1" };
      return { status: 201, body: verbose(asset) };
    });
    const inputs = inputsOf("MezzanineAsset", {
      account: connection(server.url),
      contentSha256: "ab",
    });
    const failure = await provider.create(inputs).then(() => undefined, initFailureOf);
    assert.equal(failure?.properties["assetId"], "nb:cid:UUID:1");
    assert.equal(failure.properties["__provider"], inputs["__provider"]);
    assert.match(failure.reasons.join(), /Looking into Files .* 400, "no"/);
  });

  it("names the operations that exist when the state wants others", async () => {
    const text = String(inputsOf("AccountKey")["__provider"]).replace("account-key", "sorcery");
    await assert.rejects(
      provider.create({ __provider: text }),
      /No operations are called 'sorcery' .*access-policy.*check out that version/,
    );
  });

  it("finds every operation that a declaration names", () => {
    const folder = path.join(PROJECT_ROOT, "dynamic-providers");
    const declarations = readdirSync(folder).filter(
      (file) => file.endsWith(".ts") && file !== "operation-resource.ts",
    );
    assert.ok(declarations.length >= 8);
    for (const file of declarations) assert.ok(existsSync(path.join(folder, "operations", file)));
  });
});

const TOKEN = { status: 200, body: '{"access_token":"t","expires_in":"3600"}' };

function connection(url: string): Record<string, string> {
  return {
    apiUrl: `${url}/api/`,
    tokenUrl: `${url}/v2/OAuth2-13`,
    accountName: "east",
    accountKey: KEY,
  };
}

function declareAll(): pulumi.CustomResource[] {
  const account = pulumi.secret(connection("http://127.0.0.1:1")) as never;
  const name = "dev-a";
  return [
    new AccountKey("key", {}),
    new StreamingEndpoint("endpoint", { account, name: "default" }),
    new MezzanineAsset("mezzanine", { account, name, file: "samples/a.mp4" }),
    new EncodingJob("job", {
      account,
      name,
      inputAssetId: "a",
      inputSha256: "s",
      preset: "Adaptive Streaming",
      outputAssetName: "dev-a-encoded",
    }),
    new AccessPolicy("policy", { account, name, durationMinutes: 60, permissions: 1 }),
    new StreamingLocator("locator", {
      account,
      assetId: "a",
      accessPolicyId: "p",
      ismFileName: "a.ism",
    }),
    new PathwayList("pathways", {
      account,
      pathways: [{ name: "edge", baseUrl: "http://edge.test" }],
    }),
    new ReplicaAsset("replica", { account, name: "asset-1", sourceAssetOptions: 0 }),
    new AssetFiles("files", {
      account,
      assetId: "a",
      primaryFileName: "a.ism",
      contentDigest: "d",
    }),
  ];
}
