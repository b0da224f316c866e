import { strict as assert } from "node:assert";
import {
  constants,
  createPrivateKey,
  generateKeyPairSync,
  privateDecrypt,
  randomBytes,
  randomUUID,
} from "node:crypto";
import { after, before, describe, it } from "mocha";
import pino from "pino";
import type { AccountDeps } from "../../../media-service/services/account-deps";
import { StoredJobRuns } from "../../../media-service/services/job-runs";
import { protectionKey } from "../../../media-service/services/protection-key";
import { selfSignedCertificate } from "../../../media-service/services/self-signed-certificate";
import { withConcealedConfiguration } from "../../../media-service/worker/concealed-configuration";
import { TaskError } from "../../../media-service/worker/task-error";
import { openTestAccount } from "../../support/account-deps";
import { ApiClient } from "../../support/api-client";
import { type Azurite, startAzurite } from "../../support/azurite";
import { startMediaServiceHere } from "../../support/media-service";
import {
  contentKeyBody,
  encryptedFor,
  protectedTask,
  protectionCertificate,
} from "../../support/protected-content";

const ENCODER = "nb:mpid:UUID:ff4df607-d419-42f0-bc17-a481b1331e56";
const BODY =
  "<taskBody><inputAsset>JobInputAsset(0)</inputAsset>" +
  "<outputAsset>JobOutputAsset(0)</outputAsset></taskBody>";

describe("content keys over the REST API", () => {
  let azurite: Azurite;
  let service: Awaited<ReturnType<typeof startMediaServiceHere>>;
  let api: ApiClient;
  let account: AccountDeps;
  let inputId: string;
  before(async () => {
    azurite = await startAzurite();
    service = await startMediaServiceHere({ storage: azurite, env: { ROLES: "api" } });
    api = await ApiClient.connect(service);
    account = await openTestAccount(azurite, service.accountKey);
    inputId = (await api.create("Assets", { Name: "in" })).Id;
    await api.create("Files", { Name: "in.mp4", ParentAssetId: inputId });
  });
  after(async () => {
    await service.stop();
    await azurite.stop();
  });

  const post = (body: object) => api.call("POST", "ContentKeys", { body });
  const rebind = async (id: string, certificate = "") => {
    const reply = await api.call(
      "GET",
      `RebindContentKey?id='${id}'&x509Certificate='${certificate}'`,
    );
    const { d } = reply.json as unknown as { d?: { RebindContentKey: string } };
    return { status: reply.status, key: Buffer.from(d?.RebindContentKey ?? "", "base64") };
  };
  const rows = async () => {
    const found: unknown[] = [];
    const { stores } = account;
    for (const store of [stores.contentKeys, stores.protectionKeys, stores.tasks, stores.jobs]) {
      for await (const { value } of store.list()) found.push(value);
    }
    return JSON.stringify(found);
  };

  describe("the account's certificate", () => {
    it("is one for all, valid, and named by its thumbprint", async () => {
      const [first, second] = await Promise.all([
        protectionCertificate(api),
        protectionKey(account),
      ]);
      const { certificate, thumbprint } = first;
      assert.equal(second.thumbprint, thumbprint);
      assert.equal(certificate.fingerprint.replaceAll(":", ""), thumbprint);
      assert.equal(certificate.verify(certificate.publicKey), true);
      assert.equal(certificate.checkIssued(certificate), true);
      assert.match(certificate.subject, /CN=/);
      assert(new Date(certificate.validFrom) < new Date());
      assert(new Date(certificate.validTo) > new Date("2100-01-01"));
      const light = await api.call("GET", "GetProtectionKeyId?contentKeyType=0", {
        headers: { accept: "application/json" },
      });
      assert.equal((JSON.parse(light.text) as { value: string }).value, thumbprint);
    });

    it("is kept with its private key sealed under the account's key", async () => {
      const { sealedPrivateKey } = await protectionKey(account);
      const opened = await account.sealer.open(sealedPrivateKey, "protection-key");
      assert.equal(
        createPrivateKey({ key: opened, format: "der", type: "pkcs8" }).asymmetricKeyType,
        "rsa",
      );
      const other = await openTestAccount(azurite, "another key");
      await assert.rejects(other.sealer.open(sealedPrivateKey, "protection-key"), /account key/);
      await assert.rejects(account.sealer.open(sealedPrivateKey, "another purpose"));
      assert.equal((await rows()).includes(opened.toString("base64").slice(0, 40)), false);
    });

    for (const [path, status] of [
      ["GetProtectionKeyId", 400],
      ["GetProtectionKeyId?contentKeyType=5", 400],
      ["GetProtectionKey?protectionKeyId='00'", 404],
      ["GetProtectionKey", 400],
    ] as const) {
      it(`is not given out for ${path}`, async () => {
        assert.equal((await api.call("GET", path)).status, status);
      });
    }
  });

  for (const [name, type, bytes] of [
    ["common", 0, 16],
    ["storage", 1, 32],
    ["configuration", 2, 32],
    ["envelope", 4, 16],
    ["password", 8, 9],
  ] as const) {
    it(`of type ${name} are kept encrypted and given back to who has the account`, async () => {
      const { key, body } = await contentKeyBody(api, { type, key: randomBytes(bytes) });
      const made = await api.create("ContentKeys", body);
      assert.equal(made.Id, body.Id);
      const got = (await api.call("GET", `ContentKeys('${body.Id}')`)).json.d as unknown as Record<
        string,
        unknown
      >;
      assert.equal(got["EncryptedContentKey"], body["EncryptedContentKey"]);
      assert.deepEqual((await rebind(body.Id)).key, key);
      assert.equal((await rows()).includes(key.toString("base64")), false);
    });
  }

  it("are given to another certificate than the account's", async () => {
    const { key, body } = await contentKeyBody(api);
    await api.create("ContentKeys", body);
    const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    const now = Date.now();
    const certificate = selfSignedCertificate(privateKey, {
      ...{ commonName: "client", from: new Date(now), until: new Date(now + 86_400_000) },
    }).toString("base64");
    assert.match(certificate, /\+/, "the plus sign is what goes wrong in queries");
    const { key: wrapped } = await rebind(body.Id, certificate);
    const padding = constants.RSA_PKCS1_OAEP_PADDING;
    assert.deepEqual(privateDecrypt({ key: privateKey, padding, oaepHash: "sha1" }, wrapped), key);
    assert.equal((await rebind(body.Id, "bm9uZQ==")).status, 400);
    assert.equal((await rebind(`nb:kid:UUID:${randomUUID()}`)).status, 404);
  });

  it("are refused with a taken id, and gone when they are deleted", async () => {
    const { body } = await contentKeyBody(api);
    await api.create("ContentKeys", body);
    assert.equal((await post(body)).status, 409);
    const path = `ContentKeys('${body.Id}')`;
    assert.equal((await api.call("MERGE", path, { body: { ContentKeyType: 1 } })).status, 400);
    assert.equal((await api.call("POST", `${path}/GetKeyDeliveryUrl`, { body: {} })).status, 400);
    assert.equal((await api.call("DELETE", path)).status, 204);
    assert.equal((await api.call("GET", path)).status, 404);
  });

  for (const [why, more, status] of [
    ["no id", { Id: null }, 400],
    ["an id of another kind", { Id: `nb:cid:UUID:${randomUUID()}` }, 400],
    ["an unknown type", { ContentKeyType: 5 }, 400],
    ["another protection key", { ProtectionKeyId: "00" }, 400],
    ["another kind of protection", { ProtectionKeyType: 1 }, 400],
    ["a key that is not encrypted for the account", { EncryptedContentKey: "AAAA" }, 400],
    ["another key's checksum", { Checksum: "AAAAAAAAAAA=" }, 400],
    [
      "a policy that does not exist",
      { AuthorizationPolicyId: `nb:ckpid:UUID:${randomUUID()}` },
      404,
    ],
  ] as const) {
    it(`are refused with ${why}`, async () => {
      const { body } = await contentKeyBody(api);
      assert.equal((await post({ ...body, ...(more as object) })).status, status);
    });
  }

  it("are refused when they are no AES keys, without a word of the key", async () => {
    const { certificate } = await protectionCertificate(api);
    const { body } = await contentKeyBody(api);
    const key = Buffer.from("seventeen letters");
    const reply = await post({ ...body, EncryptedContentKey: encryptedFor(certificate, key) });
    assert.equal(reply.status, 400);
    assert.doesNotMatch(reply.text, /seventeen/);
  });

  describe("a protected configuration", () => {
    const job = (task: object) => ({
      Name: "protected",
      InputMediaAssets: [{ __metadata: { uri: `Assets('${inputId}')` } }],
      Tasks: [{ MediaProcessorId: ENCODER, TaskBody: BODY, ...task }],
    });
    const SECRET = "Adaptive Streaming";

    it("is decrypted for the run alone, and given back as it came", async () => {
      const task = await protectedTask(api, SECRET);
      const { Id } = await api.create("Jobs", job(task));
      const [made] = (await api.list(`Jobs('${Id}')/Tasks`)) as unknown as Record<
        string,
        unknown
      >[];
      for (const [property, value] of Object.entries(task)) assert.equal(made?.[property], value);
      const run = await new StoredJobRuns(account).start(Id);
      assert.deepEqual(
        run?.tasks.map(({ configuration, isProtected }) => [configuration, isProtected]),
        [[SECRET, true]],
      );
      assert.equal((await rows()).includes(SECRET), false);
      assert.equal((await rows()).includes(String(task["Configuration"])), true);
    });

    it("ends its task when its key is gone", async () => {
      const task = await protectedTask(api, SECRET);
      const { Id } = await api.create("Jobs", job(task));
      await api.call("DELETE", `ContentKeys('${String(task["EncryptionKeyId"])}')`);
      const [only] = (await new StoredJobRuns(account).start(Id))?.tasks ?? [];
      assert(only);
      await assert.rejects(
        withConcealedConfiguration(only, () => assert.fail("must not run")),
        { code: "ErrorParsingConfiguration", message: /does not exist/ },
      );
    });

    it("is in no error", async () => {
      const log: string[] = [];
      const logger = pino({}, { write: (line: string) => log.push(line) });
      const run = {
        ...{ taskId: "t", configuration: "my secret preset", isProtected: true },
        ...{ processorName: "Media Encoder Standard", input: undefined, outputContainer: "o" },
      };
      const quoting = new TaskError("ErrorParsingConfiguration", "'my secret preset' is not known");
      const error = await withConcealedConfiguration(run, () => Promise.reject(quoting)).catch(
        (caught: unknown) => caught,
      );
      logger.error({ err: error }, "job failed");
      assert(error instanceof TaskError);
      assert.doesNotMatch(error.message + log.join(""), /secret/);
      const open = { ...run, isProtected: false };
      await assert.rejects(
        withConcealedConfiguration(open, () => Promise.reject(quoting)),
        quoting,
      );
    });

    for (const [why, change] of [
      ["another scheme", { EncryptionScheme: "StorageEncryption" }],
      ["another version", { EncryptionVersion: "2.0" }],
      ["no key", { EncryptionKeyId: null }],
      ["no initialization vector", { InitializationVector: null }],
      ["a short initialization vector", { InitializationVector: "AAAA" }],
      ["a configuration in clear", { Configuration: SECRET }],
      ["half a configuration", { Configuration: "AAAA" }],
    ] as const) {
      it(`is refused with ${why}, and no job is made`, async () => {
        const before = (await api.list("Jobs")).length;
        const task = { ...(await protectedTask(api, SECRET)), ...change };
        const reply = await api.call("POST", "Jobs", { body: job(task) });
        assert.equal(reply.status, 400, reply.text);
        assert.doesNotMatch(reply.text, /Adaptive/);
        assert.equal((await api.list("Jobs")).length, before);
      });
    }

    it("is refused with a key for something else, or of nobody", async () => {
      const task = await protectedTask(api, SECRET);
      const { body } = await contentKeyBody(api, { type: 1 });
      await api.create("ContentKeys", body);
      for (const [id, status] of [
        [body.Id, 400],
        [`nb:kid:UUID:${randomUUID()}`, 404],
      ] as const) {
        const wrong = job({ ...task, EncryptionKeyId: id });
        assert.equal((await api.call("POST", "Jobs", { body: wrong })).status, status);
      }
    });
  });
});
