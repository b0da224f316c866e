import { strict as assert } from "node:assert";
import { describe, it } from "mocha";
import { AppsDomain } from "../../components/apps-domain";
import { keyVaultSecret } from "../../components/key-vault-secret";
import type { ViewersDomain } from "../../components/settings/delivery";
import type { PublicScheme, StorageAccess } from "../../components/settings/settings";
import { StreamingDataCenter } from "../../components/streaming-data-center";
import { deploy, type Deployment, guidOf, ofType, resource, tenantOfTests } from "./deploy";
import { plainHosting } from "./hosting";

const subscriptionId = "11111111-2222-3333-4444-555555555555";
const certificateId =
  "/subscriptions/elsewhere/resourceGroups/keys/providers/Microsoft.KeyVault/vaults/our-keys/secrets/viewers";
const zone = { name: "example.com", resourceGroup: "dns" };
const withZone: ViewersDomain = { name: "video.example.com", zone, certificateId };
const appType = "azure-native:app:ContainerApp";
const certificateType = "azure-native:app:Certificate";
const roleType = "azure-native:authorization:RoleAssignment";
const recordType = "azure-native:dns:RecordSet";

interface Case {
  domain?: ViewersDomain;
  publicScheme?: PublicScheme;
  storageAccess?: StorageAccess;
}

/** Two data centers, as the program declares them. */
function declare({ domain, publicScheme = "https", storageAccess = "identity" }: Case) {
  return deploy(() => {
    const appsDomain = domain && new AppsDomain("viewers-apps", { domain, publicScheme });
    for (const [index, name] of ["east", "west"].entries()) {
      new StreamingDataCenter(name, {
        ...plainHosting,
        location: `${name}us2`,
        priority: index + 1,
        naming: { project: "twinstream", stack: "staging" },
        subscriptionId,
        tenantId: tenantOfTests,
        storageAccess,
        mediaServices: {
          kind: "self-hosted",
          image: `registry.test/media@sha256:${"a".repeat(64)}`,
          encoder: "auto",
          watchPage: false,
          logLevel: "info",
        },
        publicScheme,
        contentSteering: true,
        locatorDays: 30,
        tags: { owner: "media" },
        appsDomain,
      });
    }
    return {};
  });
}

const customDomains = (deployment: Deployment, name: string): unknown => {
  const { configuration } = resource(deployment, appType, name).inputs;
  return (configuration as { ingress?: { customDomains?: unknown } }).ingress?.customDomains;
};

describe("The viewers' host at the data centers' own apps", function () {
  this.timeout(60_000);

  it("has its certificate in each environment, read as the data center's identity", async () => {
    const deployment = await declare({ domain: withZone });
    const certificates = ofType(deployment, certificateType);

    assert.deepEqual(Object.keys(certificates), ["east-certificate", "west-certificate"]);
    for (const name of ["east", "west"]) {
      const { inputs, after, parent } = resource(
        deployment,
        certificateType,
        `${name}-certificate`,
      );
      assert.deepEqual(inputs, {
        resourceGroupName: `twinstream-staging-${name}`,
        environmentName: `media-staging-${name}`,
        certificateName: "viewers-certificate",
        location: `${name}us2`,
        properties: {
          certificateKeyVaultProperties: {
            identity: `id of azure-native:managedidentity:UserAssignedIdentity ${name}`,
            keyVaultUrl: "https://our-keys.vault.azure.net/secrets/viewers",
          },
        },
        tags: { owner: "media", dataCenter: name },
      });
      assert(after.includes(`${roleType} ${name}-certificate`), after.join("\n"));
      assert.equal(parent, `twinstream:media:MediaServicesAccount ${name}`);
    }
  });

  it("is read by right of a role on the secret alone, in the secret's subscription", async () => {
    const { inputs } = resource(await declare({ domain: withZone }), roleType, "west-certificate");
    const { roleAssignmentName, ...rest } = inputs;

    assert.match(String(roleAssignmentName), /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    assert.deepEqual(rest, {
      scope: certificateId,
      principalId: guidOf("principal of media-staging-west"),
      principalType: "ServicePrincipal",
      roleDefinitionId:
        "/subscriptions/elsewhere/providers/Microsoft.Authorization/roleDefinitions/4633458b-17de-408a-b874-0445c86b69e6",
    });
  });

  it("is bound to the apps that viewers ask, and to no app that encodes", async () => {
    const deployment = await declare({ domain: withZone });

    for (const name of ["east", "west"]) {
      assert.deepEqual(customDomains(deployment, name), [
        {
          name: "video.example.com",
          bindingType: "SniEnabled",
          certificateId: `id of ${certificateType} ${name}-certificate`,
        },
      ]);
      assert.equal(customDomains(deployment, `${name}-encode`), undefined);
    }
  });

  it("is proven once, in its zone, before any app has it", async () => {
    const deployment = await declare({ domain: withZone });
    const records = ofType(deployment, recordType);

    assert.deepEqual(Object.keys(records), ["viewers-asuid"]);
    assert.equal(records["viewers-asuid"]?.parent, "twinstream:edge:AppsDomain viewers-apps");
    assert.deepEqual(records["viewers-asuid"].inputs, {
      resourceGroupName: "dns",
      zoneName: "example.com",
      relativeRecordSetName: "asuid.video",
      recordType: "TXT",
      ttl: 300,
      txtRecords: [{ value: ["id of our domains"] }],
    });
    for (const name of ["east", "west"]) {
      const { after } = resource(deployment, appType, name);
      assert(after.includes(`${recordType} viewers-asuid`), after.join("\n"));
    }
  });

  it("is proven by others where no zone is given", async () => {
    const deployment = await declare({ domain: { ...withZone, zone: undefined } });

    assert.deepEqual(ofType(deployment, recordType), {});
    assert.notEqual(customDomains(deployment, "east"), undefined);
  });

  it("needs neither certificate nor identity over http, even where one is named", async () => {
    for (const storageAccess of ["identity", "shared-key"] as const) {
      const http = { domain: withZone, publicScheme: "http", storageAccess } as const;
      const deployment = await declare(http);

      assert.deepEqual(customDomains(deployment, "east"), [
        { name: "video.example.com", bindingType: "Disabled" },
      ]);
      assert.deepEqual(ofType(deployment, certificateType), {});
      assert.equal(ofType(deployment, roleType)["east-certificate"], undefined);
      assert.deepEqual(Object.keys(ofType(deployment, recordType)), ["viewers-asuid"]);
    }
  });

  it("is declared nowhere without a domain", async () => {
    const deployment = await declare({});

    assert.equal(customDomains(deployment, "east"), undefined);
    for (const type of [certificateType, recordType])
      assert.deepEqual(ofType(deployment, type), {});
    assert.equal(ofType(deployment, roleType)["east-certificate"], undefined);
  });
});

describe("keyVaultSecret", () => {
  it("reads where a secret lies and its address, whatever the case of the id's words", () => {
    const expected = {
      subscriptionId: "elsewhere",
      url: "https://our-keys.vault.azure.net/secrets/viewers",
    };

    assert.deepEqual(keyVaultSecret(certificateId), expected);
    assert.deepEqual(
      keyVaultSecret(certificateId.replace("resourceGroups", "RESOURCEGROUPS")),
      expected,
    );
  });
});
