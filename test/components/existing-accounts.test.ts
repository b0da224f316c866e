import { strict as assert } from "node:assert";
import { describe, it } from "mocha";
import { declareExistingAccount } from "../../components/existing-account";
import { ConfigReader } from "../../components/settings/config-reader";
import { readExistingAccounts } from "../../components/settings/existing-accounts";
import { deploy, resource, settled } from "./deploy";

const east = {
  apiUrl: "https://east.example.com/api",
  streamingHost: "east.example.com",
  accountName: "eastmedia",
  accountKey: "s3cret",
};
const west = {
  apiUrl: "https://west.example.com/api/",
  streamingHost: "stream.example.com:8443",
  tenantId: "tenant",
  clientId: "client",
  clientSecret: "s3cret",
  streamingEndpoint: "premium",
  storageAccount: "weststore",
};

function read(accounts: unknown) {
  const reader = new ConfigReader(() =>
    accounts === undefined ? undefined : JSON.stringify(accounts),
  );
  return { settings: readExistingAccounts(reader, ["east", "west"]), problems: reader.problems };
}

describe("the settings of existing accounts", () => {
  it("are a key of the account, or an application of Entra ID", () => {
    const { settings, problems } = read({ east, west });

    assert.deepEqual(problems, []);
    assert.deepEqual(settings.accounts, {
      east: {
        apiUrl: "https://east.example.com/api/",
        tokenUrl: "https://east.example.com/v2/OAuth2-13",
        clientId: "eastmedia",
        secretName: "accountKey",
        secret: "s3cret",
        audience: undefined,
        streamingHost: "east.example.com",
        streamingEndpoint: "default",
        storageAccount: undefined,
      },
      west: {
        apiUrl: "https://west.example.com/api/",
        tokenUrl: "https://login.microsoftonline.com/tenant/oauth2/token",
        clientId: "client",
        secretName: "clientSecret",
        secret: "s3cret",
        audience: "https://rest.media.azure.net",
        streamingHost: "stream.example.com:8443",
        streamingEndpoint: "premium",
        storageAccount: "weststore",
      },
    });
  });

  for (const { why, accounts, problem } of [
    {
      why: "a data center without an account",
      accounts: { east },
      problem:
        /^accounts\.west: is required where mediaServices is "existing"; allowed: an account/,
    },
    {
      why: "an account of no data center",
      accounts: { east, west, north: east },
      problem: "accounts.north: is not known; allowed: east, west",
    },
    {
      why: "an account that is no object",
      accounts: { east: "https://east.example.com", west },
      problem: 'accounts.east: must be an object, got "https://east.example.com"',
    },
    {
      why: "both kinds of credentials",
      accounts: { east: { ...east, clientId: "client" }, west },
      problem: /^accounts\.east\.clientId: is not known; allowed: .*accountName, accountKey$/,
    },
    {
      why: "an API that is no address",
      accounts: { east: { ...east, apiUrl: "east.example.com" }, west },
      problem: 'accounts.east.apiUrl: is "east.example.com"; allowed: an http or https address',
    },
    {
      why: "a streaming host with a scheme",
      accounts: { east: { ...east, streamingHost: "https://east.example.com" }, west },
      problem: /^accounts\.east\.streamingHost: is "https:.*"; allowed: a host/,
    },
    {
      why: "a secret that is none, without showing it",
      accounts: { east: { ...east, accountKey: 4711 }, west },
      problem: /^accounts\.east\.accountKey: is required; set it with `pulumi config set --secret/,
    },
  ]) {
    it(`refuse ${why}`, () => {
      const { problems } = read(accounts);

      assert.equal(problems.length, 1, problems.join("\n"));
      assert(!problems.join().includes("4711"));
      if (typeof problem === "string") assert.equal(problems[0], problem);
      else assert.match(problems[0] ?? "", problem);
    });
  }
});

describe("an existing account", () => {
  it("is looked at, with its secret as one, before anything is done in it", async () => {
    const { settings } = read({ east, west });
    let connection: ReturnType<typeof declareExistingAccount> | undefined;
    const deployment = await deploy(() => {
      connection = declareExistingAccount("west", { settings, publicScheme: "https" }, {});
      return {};
    });
    const found = resource(deployment, "pulumi-nodejs:dynamic/twinstream:ExistingAccount", "west");

    assert.deepEqual(found.inputs, {
      account: {
        apiUrl: "https://west.example.com/api/",
        tokenUrl: "https://login.microsoftonline.com/tenant/oauth2/token",
        accountName: "client",
        accountKey: "s3cret",
        resource: "https://rest.media.azure.net",
      },
      configuredAt: "twinstream:accounts.west",
      secretName: "clientSecret",
      streamingEndpoint: "premium",
      streamingUrl: "https://stream.example.com:8443/",
      storageAccount: "weststore",
      version: 1,
    });
    assert.deepEqual(found.secrets, ["account.accountKey"]);
    assert(connection);
    assert.equal((await settled(connection.apiUrl)).value, "https://west.example.com/api/");
    assert.equal((await settled(connection.storageAccountName)).value, "store");
    assert("accountKey" in connection.credentials);
    assert.equal((await settled(connection.credentials.accountKey)).secret, true);
  });
});
