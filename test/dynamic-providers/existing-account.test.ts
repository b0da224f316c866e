import { strict as assert } from "node:assert";
import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";
import { after, before, describe, it } from "mocha";
import { operations } from "../../dynamic-providers/operations/existing-account";
import { UNKNOWN } from "../../dynamic-providers/operations/resource-operations";
import { type Azurite, startAzurite } from "../support/azurite";
import { startMediaServiceHere, type TestMediaService } from "../support/media-service";

describe("an existing account, looked at before anything is done", function () {
  this.timeout(120_000);
  let storage: Azurite;
  /** Where nobody listens. */
  let deadHost: string;
  let service: Omit<TestMediaService, "pid" | "kill">;

  before(async () => {
    const dead = createServer().listen(0, "127.0.0.1");
    await once(dead, "listening");
    deadHost = `127.0.0.1:${(dead.address() as AddressInfo).port}`;
    dead.close();
    storage = await startAzurite();
    service = await startMediaServiceHere({ storage });
  });
  after(async () => {
    await service.stop();
    await storage.stop();
  });

  const inputs = (changes: object = {}, account: object = {}) => ({
    account: {
      apiUrl: service.apiUrl,
      tokenUrl: service.tokenUrl,
      accountName: service.accountName,
      accountKey: service.accountKey,
      ...account,
    },
    configuredAt: "twinstream:accounts.east",
    accessMember: "accountKey",
    streamingEndpoint: "default",
    streamingUrl: `${service.baseUrl}/`,
    version: 1,
    ...changes,
  });

  it("passes, and tells its storage account", async () => {
    const { failures } = await operations.check({}, inputs());
    const { id, outs } = await operations.create(inputs({ storageAccount: storage.accountName }));

    assert.deepEqual(failures, []);
    assert.equal(id, `127.0.0.1:${service.port}/${service.accountName}`);
    assert.equal(outs.storageAccountName, storage.accountName);
    assert.equal(outs.apiUrl, service.apiUrl);
    assert.deepEqual(await operations.read(id, outs), { id, props: outs });
    assert.equal((await operations.diff(id, outs, inputs())).changes, true);
    const same = inputs({ storageAccount: storage.accountName });
    assert.deepEqual(await operations.diff(id, outs, same), { changes: false, replaces: [] });
  });

  it("waits for what a preview doesn't know", async () => {
    const { failures } = await operations.check({}, inputs({}, { apiUrl: UNKNOWN }));

    assert.deepEqual(failures, []);
  });

  for (const { why, changes, account, reason } of [
    {
      why: "a wrong secret",
      account: () => ({ accountKey: "d3Jvbmc=" }),
      reason: /^twinstream:accounts\.east\.accountKey: Getting a token for .* failed: 40\d/,
    },
    {
      why: "an API that nobody answers at",
      account: () => ({ apiUrl: `http://${deadHost}/api/` }),
      reason: /^twinstream:accounts\.east\.apiUrl: .* failed: no answer/,
    },
    {
      why: "a token address that nobody answers at",
      account: () => ({ tokenUrl: `http://${deadHost}/v2/OAuth2-13`, accountName: "other" }),
      reason: /^twinstream:accounts\.east\.tokenUrl: Getting a token .* failed: no answer/,
    },
    {
      why: "a streaming endpoint that it lacks",
      changes: { streamingEndpoint: "premium" },
      reason: /^twinstream:accounts\.east\.streamingEndpoint: .* has none called 'premium'/,
    },
    {
      why: "another storage account than its own",
      changes: { storageAccount: "elsewhere" },
      reason:
        /^twinstream:accounts\.east\.storageAccount: is 'elsewhere', but .* keeps media in 'twinstreamtest'/,
    },
  ] as { why: string; changes?: object; account?: () => object; reason: RegExp }[]) {
    it(`is refused by the key of its configuration: ${why}`, async () => {
      const { failures } = await operations.check({}, inputs(changes, account?.()));

      assert.equal(failures.length, 1, JSON.stringify(failures));
      assert.match(failures[0]?.reason ?? "", reason);
      assert(!JSON.stringify(failures).includes(service.accountKey));
      await assert.rejects(operations.create(inputs(changes, account?.())), (error: Error) =>
        reason.test(error.message),
      );
    });
  }

  it("is refused where players would find nobody, once its endpoint runs", async () => {
    const token = await fetch(service.tokenUrl, {
      method: "POST",
      body: new URLSearchParams({
        grant_type: "client_credentials",
        client_id: service.accountName,
        client_secret: service.accountKey,
        scope: "urn:WindowsAzureMediaServices",
      }),
    });
    const { access_token: bearer } = (await token.json()) as { access_token: string };
    const headers = {
      authorization: `Bearer ${bearer}`,
      accept: "application/json",
      "x-ms-version": "2.19",
    };
    const list = await fetch(`${service.apiUrl}StreamingEndpoints`, { headers });
    const { value } = (await list.json()) as { value: [{ Id: string; State: string }] };
    const start = `${service.apiUrl}StreamingEndpoints('${encodeURIComponent(value[0].Id)}')/Start`;
    await fetch(start, { method: "POST", headers });
    let failures: { reason: string }[] = [];
    for (let tries = 0; tries < 100 && failures.length === 0; tries += 1) {
      const dead = inputs({ streamingUrl: `http://${deadHost}/` });
      ({ failures } = await operations.check({}, dead));
      if (failures.length === 0) await new Promise((resolve) => setTimeout(resolve, 100));
    }

    assert.match(
      failures[0]?.reason ?? "",
      /^twinstream:accounts\.east\.streamingHost: 127\.0\.0\.1:\d+ does not answer/,
    );
    assert.deepEqual((await operations.check({}, inputs())).failures, []);
  });
});
