import { strict as assert } from "node:assert";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, describe, it } from "mocha";
import {
  deployerIdentity,
  idToken,
} from "../../dynamic-providers/operations/media-services-client/deployer-identity";

const application = { ARM_TENANT_ID: "tenant", ARM_CLIENT_ID: "client" };
const run = {
  ACTIONS_ID_TOKEN_REQUEST_URL: "https://pipeline.test/token?run=1",
  ACTIONS_ID_TOKEN_REQUEST_TOKEN: "of the run",
};

describe("the identity of whoever deploys", () => {
  it("is the application that the pipeline vouches for, as for Azure's own providers", () => {
    assert.deepEqual(deployerIdentity({ ...application, ...run, ARM_USE_OIDC: "true" }), {
      kind: "federated",
      tenantId: "tenant",
      clientId: "client",
      request: { url: "https://pipeline.test/token?run=1", token: "of the run" },
    });
  });

  it("is the application with a secret where nobody vouches for it", () => {
    assert.deepEqual(
      deployerIdentity({ ...application, ARM_USE_OIDC: "true", ARM_CLIENT_SECRET: "s3cret" }),
      { kind: "secret", tenantId: "tenant", clientId: "client", clientSecret: "s3cret" },
    );
  });

  for (const [why, env] of Object.entries({
    "nothing is said": {},
    "federation is not wanted": { ...application, ...run },
    "the pipeline gives out nothing": { ...application, ARM_USE_OIDC: "true" },
    "it is said which of the found ones is meant": {
      ...application,
      ...run,
      ARM_USE_OIDC: "true",
      AZURE_TOKEN_CREDENTIALS: "ManagedIdentityCredential",
    },
  })) {
    it(`is found by @azure/identity where ${why}`, () => {
      assert.deepEqual(deployerIdentity(env), { kind: "found" });
    });
  }
});

describe("a pipeline's token for the run", () => {
  const asked: string[] = [];
  const pipeline = createServer((request, response) => {
    asked.push(`${request.headers.authorization ?? ""} ${request.url ?? ""}`);
    const isKnown = request.headers.authorization === "Bearer of-the-run";
    response.writeHead(isKnown ? 200 : 403).end(JSON.stringify({ value: "vouched" }));
  });
  let url: string;

  before(async () => {
    await new Promise<void>((resolve) => pipeline.listen(0, "127.0.0.1", resolve));
    url = `http://127.0.0.1:${(pipeline.address() as AddressInfo).port.toString()}/token?run=1`;
  });
  after(() => new Promise((resolve) => pipeline.close(resolve)));

  it("is asked for what Entra ID takes in exchange", async () => {
    assert.equal(await idToken({ url, token: "of-the-run" }), "vouched");
    assert.deepEqual(asked, [
      "Bearer of-the-run /token?run=1&audience=api%3A%2F%2FAzureADTokenExchange",
    ]);
  });

  it("is missed with the permission that the job lacks, and without showing the run's secret", async () => {
    await assert.rejects(idToken({ url, token: "another" }), ({ message }: Error) => {
      assert.match(message, /answered 403.*id-token: write/);
      return !message.includes("another");
    });
  });
});
