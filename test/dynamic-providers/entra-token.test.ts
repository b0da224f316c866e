import { strict as assert } from "node:assert";
import { after, before, describe, it } from "mocha";
import { Authority } from "../../local-cloud/authority/authority";
import { InputCheck } from "../../dynamic-providers/operations/check-inputs";
import { operations as existingAccount } from "../../dynamic-providers/operations/existing-account";
import { MediaServicesClient } from "../../dynamic-providers/operations/media-services-client/client";
import { assets } from "../../dynamic-providers/operations/media-services-client/entities";
import { type Azurite, startAzurite } from "../support/azurite";
import { startMediaServiceHere } from "../support/media-service";

const AUDIENCE = "api://media";

describe("an account that takes tokens of Entra ID", function () {
  this.timeout(60_000);
  const saved = { ...process.env };
  let azurite: Azurite;
  let authority: Authority;
  let service: Awaited<ReturnType<typeof startMediaServiceHere>>;

  before(async () => {
    [azurite, authority] = await Promise.all([startAzurite(), Authority.listen(0)]);
    const { url: ENTRA_AUTHORITY, tenantId: ENTRA_TENANT_ID } = authority;
    service = await startMediaServiceHere({
      storage: azurite,
      env: {
        ...{ ROLES: "api", MEDIA_ACCOUNT_KEY: "" },
        ...{ ENTRA_AUTHORITY, ENTRA_TENANT_ID, ENTRA_AUDIENCE: AUDIENCE },
      },
    });
    const own = { ...authority.identityOf("deployer"), roles: ["MediaServices.Contributor"] };
    Object.assign(process.env, authority.identityEnvironment("deployer", { own }), {
      AZURE_TOKEN_CREDENTIALS: "ManagedIdentityCredential",
    });
  });
  after(async () => {
    for (const name of ["IDENTITY_ENDPOINT", "IDENTITY_HEADER", "AZURE_TOKEN_CREDENTIALS"]) {
      if (saved[name] === undefined) Reflect.deleteProperty(process.env, name);
      else process.env[name] = saved[name];
    }
    await service.stop();
    await Promise.all([azurite.stop(), authority[Symbol.asyncDispose]()]);
  });

  const connection = (entraAudience = AUDIENCE) => ({
    ...{ apiUrl: service.apiUrl, accountName: "media", entraAudience },
  });

  it("is called by whoever runs the deployment, without any secret", async () => {
    const client = new MediaServicesClient(connection());
    const made = await client.create(assets, { Name: "made" });
    assert.equal((await client.get(assets, made.id))?.name, "made");
  });

  it("refuses tokens for something else, and says what it takes", async () => {
    const client = new MediaServicesClient(connection("api://other"));
    await assert.rejects(client.get(assets, "nb:cid:UUID:1"), /audience is not api:\/\/media/);
  });

  it("is looked at in the preview, which says what is not taken", async () => {
    const look = (entraAudience?: string) =>
      existingAccount.check(
        {},
        {
          account: connection(entraAudience),
          configuredAt: "twinstream:accounts.east",
          accessMember: "audience",
          streamingEndpoint: "default",
          streamingUrl: service.apiUrl,
          version: 1,
        },
      );

    assert.deepEqual((await look()).failures, []);
    const [failure] = (await look("api://other")).failures;
    assert.match(
      failure?.reason ?? "",
      /^twinstream:accounts\.east\.audience: .*audience is not api:\/\/media/,
    );
  });

  it("is a connection that needs no secret", () => {
    const faults = (account: object) => new InputCheck({ account }).account("account").failures;
    assert.deepEqual(faults(connection()), []);
    assert.match(faults(connection(""))[0]?.reason ?? "", /^entraAudience must be a text/);
  });
});
