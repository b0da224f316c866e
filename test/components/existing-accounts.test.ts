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
        accountName: "eastmedia",
        access: {
          member: "accountKey",
          tokenUrl: "https://east.example.com/v2/OAuth2-13",
          secret: "s3cret",
          audience: undefined,
        },
        streamingHost: "east.example.com",
        streamingEndpoint: "default",
        storageAccount: undefined,
      },
      west: {
        apiUrl: "https://west.example.com/api/",
        accountName: "client",
        access: {
          member: "clientSecret",
          tokenUrl: "https://login.microsoftonline.com/tenant/oauth2/token",
          secret: "s3cret",
          audience: "https://rest.media.azure.net",
        },
        streamingHost: "stream.example.com:8443",
        streamingEndpoint: "premium",
        storageAccount: "weststore",
      },
    });
  });

  it("are without any secret where whoever deploys is let in", () => {
    const { apiUrl, streamingHost } = east;
    const { settings, problems } = read({
      east: { apiUrl, streamingHost, audience: "api://media" },
      west: { ...west, clientSecret: "another", audience: "api://media" },
    });

    assert.deepEqual(problems, []);
    assert.deepEqual(settings.accounts["east"], {
      apiUrl: "https://east.example.com/api/",
      accountName: "east",
      access: { member: "audience", audience: "api://media" },
      streamingHost: "east.example.com",
      streamingEndpoint: "default",
      storageAccount: undefined,
    });
    assert.equal(settings.accounts["west"]?.access.audience, "api://media");
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
      why: "an account that nobody is let in to",
      accounts: {
        east: { apiUrl: east.apiUrl, streamingHost: east.streamingHost },
        west,
      },
      problem:
        /^accounts\.east: says nothing of who may call the account; allowed: .*accountKey.* audience.*clientSecret/,
    },
    {
      why: "a place for tokens of whoever deploys, which is found by the identity",
      accounts: {
        east: {
          apiUrl: east.apiUrl,
          streamingHost: east.streamingHost,
          audience: "api://media",
          tokenUrl: "https://login.example.com/",
        },
        west,
      },
      problem: /^accounts\.east\.tokenUrl: is not known; allowed: .*accountName, audience$/,
    },
    {
      why: "a tenant that would lead elsewhere",
      accounts: { east, west: { ...west, tenantId: "tenant/../x" } },
      problem: /^accounts\.west\.tenantId: is "tenant\/\.\.\/x"; allowed: the tenant's id/,
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
      accessMember: "clientSecret",
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

  it("is looked at as whoever deploys, where nothing secret is given", async () => {
    const { apiUrl, streamingHost } = east;
    const { settings } = read({ east: { apiUrl, streamingHost, audience: "api://media" }, west });
    const deployment = await deploy(() => {
      declareExistingAccount("east", { settings, publicScheme: "https" }, {});
      return {};
    });
    const found = resource(deployment, "pulumi-nodejs:dynamic/twinstream:ExistingAccount", "east");

    assert.deepEqual(found.inputs["account"], {
      apiUrl: "https://east.example.com/api/",
      accountName: "east",
      entraAudience: "api://media",
    });
    assert.equal(found.inputs["accessMember"], "audience");
    assert.deepEqual(found.secrets, []);
  });
});
