import { strict as assert } from "node:assert";
import { describe, it } from "mocha";
import { requireCustomDomains } from "../../../local-cloud/stand-in/kinds/custom-domains";
import { domainVerificationId } from "../../../local-cloud/stand-in/kinds/managed-environment";
import type { Declared } from "../../../local-cloud/stand-in/kinds/resource-kind";
import { at, type Properties } from "../../../local-cloud/stand-in/properties";
import type { ResourceRecords } from "../../../local-cloud/stand-in/resource-records";
import { type Recorder, withRecorder } from "./recorder";

const subscription = "/subscriptions/00000000-0000-0000-0000-000000000000";
const environmentId = `${subscription}/resourceGroups/g/providers/Microsoft.App/managedEnvironments/east`;
const certificateId = `${environmentId}/certificates/viewers`;
const certificateType = "azure-native:app:Certificate";
const host = "video.example.com";

/** An environment with an identity, and another identity beside it. */
async function environment(recorder: Recorder) {
  const place = { resourceGroupName: "g", location: "eastus2" };
  await recorder.create("azure-native:resources:ResourceGroup", "g", place);
  const identity = async (resourceName: string) =>
    (
      await recorder.create("azure-native:managedidentity:UserAssignedIdentity", resourceName, {
        ...place,
        resourceName,
      })
    ).id;
  const [own, other] = [await identity("media-east"), await identity("media-west")];
  const made = await recorder.create("azure-native:app:ManagedEnvironment", "east", {
    ...place,
    environmentName: "east",
    identity: { type: "UserAssigned", userAssignedIdentities: [own] },
  });
  return { own, other, outputs: made.outputs };
}

const certificate = (identity: string, more: Properties = {}): Properties => ({
  resourceGroupName: "g",
  environmentName: "east",
  certificateName: "viewers",
  location: "eastus2",
  properties: {
    certificateKeyVaultProperties: {
      identity,
      keyVaultUrl: "https://our-keys.vault.azure.net/secrets/viewers",
      ...more,
    },
  },
});

describe("A certificate of an environment in the local cloud", () => {
  it("is recorded beside the id that proves domains, though its vault is elsewhere", async () => {
    await withRecorder(async (recorder) => {
      const { own, outputs } = await environment(recorder);
      const made = await recorder.create(certificateType, "viewers", certificate(own));

      assert.equal(made.id, certificateId);
      assert.equal(
        at(outputs, "customDomainConfiguration.customDomainVerificationId"),
        domainVerificationId,
      );
      assert.match(domainVerificationId, /^[0-9A-F]{64}$/);
      assert(
        recorder.notices.some((text) => text.startsWith(`${certificateType} is recorded only`)),
      );
    });
  });

  it("is refused when its environment hasn't the identity that reads it", async () => {
    await withRecorder(async (recorder) => {
      const { other } = await environment(recorder);

      await assert.rejects(
        recorder.create(certificateType, "viewers", certificate(other)),
        /certificate "viewers" is read as the identity .*media-west, which its environment hasn't/,
      );
    });
  });

  it("is refused without its environment", async () => {
    await withRecorder(async (recorder) => {
      await recorder.create("azure-native:resources:ResourceGroup", "g", {
        resourceGroupName: "g",
      });

      await assert.rejects(
        recorder.create(certificateType, "viewers", certificate("System")),
        /refers to what doesn't exist: environmentName names .*managedEnvironments\/east/,
      );
    });
  });

  it("is read from a secret of a vault, as an identity", async () => {
    await withRecorder((recorder) => {
      const at = "properties.certificateKeyVaultProperties";
      const problems = (more: Properties) =>
        recorder
          .problems(certificateType, certificate(`${subscription}/x`, more))
          .map(({ property }) => property);
      const identity = `${subscription}/resourceGroups/g/providers/Microsoft.ManagedIdentity/userAssignedIdentities/media`;

      assert.deepEqual(problems({ identity }), []);
      assert.deepEqual(problems({ identity: certificateId }), [`${at}.identity`]);
      assert.deepEqual(problems({ identity, keyVaultUrl: "https://our-keys.vault.azure.net" }), [
        `${at}.keyVaultUrl`,
      ]);
      assert.deepEqual(problems({ identity, keyVaultUri: "x" }), [`${at}.keyVaultUri`]);
    });
  });
});

describe("A domain of an app in the local cloud", () => {
  const appWith = (domain: Properties): Declared => ({
    id: "app",
    name: "media-east",
    hidden: {},
    inputs: { environmentId, configuration: { ingress: { customDomains: [domain] } } },
  });
  const record = (relativeRecordSetName: string, text: string): Properties => ({
    zoneName: "example.com",
    recordType: "TXT",
    relativeRecordSetName,
    txtRecords: [{ value: [text] }],
  });
  const proof = record("asuid.video", domainVerificationId);
  const sniEnabled = { name: host, bindingType: "SniEnabled", certificateId };
  const check = (domain: Properties, recordSets: Properties[] = [proof]): void => {
    const records = {
      ofType: () => recordSets.map((inputs) => ({ inputs })),
    } as unknown as ResourceRecords;
    requireCustomDomains(appWith(domain), { records });
  };

  it("is taken with a certificate or without, once it is proven or its zone is elsewhere", () => {
    check(sniEnabled);
    check({ name: host, bindingType: "Disabled" });
    check(sniEnabled, []);
    check(sniEnabled, [{ ...record("x", "y"), zoneName: "example.org" }]);
  });

  for (const { why, domain = sniEnabled, recordSets, problem } of [
    {
      why: "a certificate that is missing",
      domain: { name: host, bindingType: "SniEnabled" },
      problem: /media-east" can't answer under video\.example\.com: .* needs a certificateId/,
    },
    {
      why: "a certificate of another environment",
      domain: { ...sniEnabled, certificateId: certificateId.replace("/east/", "/west/") },
      problem: /which is not of the app's environment/,
    },
    {
      why: "a zone without the proof",
      recordSets: [record("_dnsauth.video", "token")],
      problem: /asuid\.video of zone example\.com has no text [0-9A-F]{64}; declare that record/,
    },
    {
      why: "a proof with another text",
      recordSets: [record("asuid.video", "token")],
      problem: /asuid\.video of zone example\.com has no text/,
    },
  ] satisfies {
    why: string;
    domain?: Properties;
    recordSets?: Properties[];
    problem: RegExp;
  }[]) {
    it(`is refused for ${why}`, () => {
      assert.throws(() => {
        check(domain, recordSets);
      }, problem);
    });
  }

  it("is checked in the plan: its name, its binding and what its certificate is", async () => {
    await withRecorder((recorder) => {
      const problems = (domain: Properties) =>
        recorder
          .problems("azure-native:app:ContainerApp", {
            ...appWith(domain).inputs,
            resourceGroupName: "g",
            containerAppName: "media-east",
            template: { containers: [{ name: "media", image: "registry.test/media:1" }] },
          })
          .map(({ property }) => property.replace("configuration.ingress.customDomains[0].", ""));

      assert.deepEqual(problems(sniEnabled), []);
      assert.deepEqual(problems({ bindingType: "Disabled" }), ["name"]);
      assert.deepEqual(problems({ name: "https://video.example.com" }), ["name"]);
      assert.deepEqual(problems({ ...sniEnabled, bindingType: "Sni" }), ["bindingType"]);
      assert.deepEqual(problems({ ...sniEnabled, certificateId: environmentId }), [
        "certificateId",
      ]);
    });
  });
});
