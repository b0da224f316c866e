import { strict as assert } from "node:assert";
import { describe, it } from "mocha";
import { type Sample, violations } from "../../policy/apply-rule";
import { distantRegions } from "../../policy/rules/distant-regions";
import { equalLocators } from "../../policy/rules/equal-locators";
import { hardenedStorage } from "../../policy/rules/hardened-storage";
import { imagesByDigest } from "../../policy/rules/images-by-digest";
import { noRetiredServices } from "../../policy/rules/no-retired-services";
import { storageSoftDelete } from "../../policy/rules/storage-soft-delete";
import { trafficManagerFailover } from "../../policy/rules/traffic-manager-failover";

const storeType = "azure-native:storage:StorageAccount";
const safe = {
  allowBlobPublicAccess: false,
  enableHttpsTrafficOnly: true,
  minimumTlsVersion: "TLS1_2",
  allowSharedKeyAccess: false,
};
const store = (name: string, props: object = {}): Sample => ({
  type: storeType,
  name,
  props: { location: "eastus2", name, ...safe, ...props },
});

describe("The rule distant-regions", () => {
  const stores = (...locations: string[]) =>
    locations.map((location, index) => store(`store${index}`, { location }));

  for (const { why, locations } of [
    { why: "on two coasts", locations: ["eastus2", "westus2"] },
    { why: "by their long names", locations: ["East US 2", "West US 2"] },
    { why: "of which one of three is far", locations: ["eastus", "eastus2", "westeurope"] },
  ]) {
    it(`is content with data centers ${why}`, async () => {
      assert.deepEqual(await violations(distantRegions, stores(...locations)), []);
    });
  }

  for (const { why, locations, message } of [
    {
      why: "in one region",
      locations: ["eastus2", "eastus2"],
      message: /in eastus2, 0 km apart at most; .* 480 km apart or more/,
    },
    {
      why: "that one storm can reach",
      locations: ["eastus", "eastus2"],
      message: /in eastus, eastus2, 14\d km apart at most/,
    },
    {
      why: "in a region that nobody knows",
      locations: ["eastus2", "atlantis"],
      message: /'atlantis' lies is not known here; .* policy\/region-distance\.ts/,
    },
    { why: "without a region", locations: ["", "eastus"], message: /region '' lies/ },
  ]) {
    it(`refuses data centers ${why}`, async () => {
      const [first, ...others] = await violations(distantRegions, stores(...locations));

      assert.match(first ?? "", message);
      assert.deepEqual(others, []);
    });
  }

  it("takes the distance from the pack's configuration", async () => {
    const near = stores("eastus", "eastus2");

    assert.deepEqual(await violations(distantRegions, near, { minimumKilometers: 100 }), []);
  });

  it("has nothing to say of a stack without stores", async () => {
    assert.deepEqual(await violations(distantRegions, []), []);
  });
});

describe("The rule hardened-storage", () => {
  it("is content with a store that is closed", async () => {
    assert.deepEqual(await violations(hardenedStorage, [store("east")]), []);
  });

  for (const [key, value] of [
    ["allowBlobPublicAccess", true],
    ["allowBlobPublicAccess", undefined],
    ["enableHttpsTrafficOnly", false],
    ["minimumTlsVersion", "TLS1_0"],
    ["minimumTlsVersion", undefined],
    ["allowSharedKeyAccess", true],
    ["allowSharedKeyAccess", undefined],
  ] as const) {
    it(`refuses ${key} ${String(value)}`, async () => {
      const [message, ...others] = await violations(hardenedStorage, [
        store("east", { [key]: value }),
      ]);

      assert.match(message ?? "", new RegExp(`^Store 'east' has ${key} .*; set it to`));
      assert.deepEqual(others, []);
    });
  }

  it("lets a shared key be where the pack's configuration allows it, and nothing else", async () => {
    const allowed = { sharedKeyAllowed: true };
    const open = store("east", { allowSharedKeyAccess: true, minimumTlsVersion: "TLS1_1" });

    const messages = await violations(hardenedStorage, [open], allowed);

    assert.equal(messages.length, 1);
    assert.match(messages[0] ?? "", /minimumTlsVersion "TLS1_1"/);
  });
});

describe("The rule storage-soft-delete", () => {
  const retention = { enabled: true, days: 7 };
  const service = (props: object): Sample => ({
    type: "azure-native:storage:BlobServiceProperties",
    name: "east-blobs",
    props: {
      deleteRetentionPolicy: retention,
      containerDeleteRetentionPolicy: retention,
      ...props,
    },
    after: [`${storeType} east`],
  });

  it("is content with seven days, found by the store's name", async () => {
    assert.deepEqual(
      await violations(storageSoftDelete, [store("east"), service({ accountName: "east" })]),
      [],
    );
  });

  it("finds the store by its dependency while its name is not known", async () => {
    assert.deepEqual(await violations(storageSoftDelete, [store("east"), service({})]), []);
  });

  for (const { why, resources, count } of [
    { why: "without blob settings", resources: [store("east")], count: 2 },
    {
      why: "whose blob settings are another's",
      resources: [store("east"), service({ accountName: "west" })],
      count: 2,
    },
    {
      why: "that keeps blobs only",
      resources: [store("east"), service({ containerDeleteRetentionPolicy: undefined })],
      count: 1,
    },
    {
      why: "that has it switched off",
      resources: [store("east"), service({ deleteRetentionPolicy: { enabled: false, days: 7 } })],
      count: 1,
    },
    {
      why: "that keeps blobs a day",
      resources: [store("east"), service({ deleteRetentionPolicy: { enabled: true, days: 1 } })],
      count: 1,
    },
  ]) {
    it(`refuses a store ${why}`, async () => {
      const messages = await violations(storageSoftDelete, resources);

      assert.equal(messages.length, count);
      assert.match(
        messages[0] ?? "",
        /Store 'east' keeps what is deleted \d days by \w+; enable it/,
      );
    });
  }
});

describe("The rule images-by-digest", () => {
  const digest = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
  const app = (image: unknown, list = "containers", type = "ContainerApp"): Sample => ({
    type: `azure-native:app:${type}`,
    name: "east",
    props: { template: { containers: [], [list]: [{ image }] } },
  });

  it("is content with an image by digest", async () => {
    const named = app(`registry.example/media-service@sha256:${digest}`);

    assert.deepEqual(await violations(imagesByDigest, [named]), []);
  });

  for (const { why, sample } of [
    { why: "by tag", sample: app("registry.example/media-service:1.2") },
    { why: "by nothing", sample: app(undefined) },
    { why: "by half a digest", sample: app(`media-service@sha256:${digest.slice(32)}`) },
    { why: "by a made-up digest", sample: app(`media-service@sha256:${"0".repeat(64)}`) },
    { why: "by tag before the others start", sample: app("busybox:1", "initContainers") },
    { why: "by tag in a job", sample: app("media-service:1", "containers", "Job") },
  ]) {
    it(`refuses an image ${why}`, async () => {
      const messages = await violations(imagesByDigest, [sample]);

      assert.equal(messages.length, 1);
      assert.match(messages[0] ?? "", /^App 'east' runs image .* set twinstream:image to/);
    });
  }
});

describe("The rule no-retired-services", () => {
  const profile = (sku: string): Sample => ({
    type: "azure-native:cdn:Profile",
    name: "edge",
    props: { sku: { name: sku } },
  });

  for (const sku of ["Standard_AzureFrontDoor", "Premium_AzureFrontDoor"]) {
    it(`is content with ${sku}`, async () => {
      assert.deepEqual(await violations(noRetiredServices, [profile(sku)]), []);
    });
  }

  for (const { sample, message } of [
    { sample: profile("Standard_Microsoft"), message: /Azure CDN from Microsoft \(classic\)/ },
    { sample: profile("Standard_Verizon"), message: /Edgio \(Verizon\) retired on 2025-01-15/ },
    { sample: profile("Premium_Verizon"), message: /Edgio/ },
    { sample: profile("Standard_Akamai"), message: /Akamai retired on 2023-10-31/ },
    {
      sample: { type: "azure:media/serviceAccount:ServiceAccount", name: "east" },
      message: /Azure Media Services retired on 2024-06-30; set twinstream:mediaServices/,
    },
    { sample: { type: "azure-native:media:MediaService", name: "east" }, message: /Media Serv/ },
    {
      sample: { type: "azure-native:network:FrontDoor", name: "edge" },
      message: /Azure Front Door \(classic\).*https:\/\/learn\.microsoft\.com/,
    },
  ]) {
    it(`refuses ${sample.type} ${JSON.stringify(sample.props ?? {})}`, async () => {
      const messages = await violations(noRetiredServices, [sample]);

      assert.equal(messages.length, 1);
      assert.match(messages[0] ?? "", message);
    });
  }
});

describe("The rule traffic-manager-failover", () => {
  const profileType = "azure-native:trafficmanager:Profile";
  const profile = (props: object = {}): Sample => ({
    type: profileType,
    name: "router",
    props: { profileName: "router", monitorConfig: { path: "/readyz" }, ...props },
  });
  const endpoint = (name: string, props: object = {}): Sample => ({
    type: "azure-native:trafficmanager:Endpoint",
    name,
    props: { profileName: "router", endpointType: "ExternalEndpoints", ...props },
  });
  const disabled = { endpointStatus: "Disabled" };
  const nested = { endpointType: "NestedEndpoints" };

  for (const { why, resources } of [
    { why: "two endpoints", resources: [profile(), endpoint("a"), endpoint("b")] },
    {
      why: "two endpoints within it",
      resources: [profile({ endpoints: [{ name: "a" }, { name: "b" }] })],
    },
    {
      why: "endpoints that only depend on it yet",
      resources: ["a", "b"].reduce<Sample[]>(
        (all, name) => [
          ...all,
          { ...endpoint(name, { profileName: undefined }), after: [`${profileType} router`] },
        ],
        [profile()],
      ),
    },
    {
      why: "a nested profile behind it and its other way closed by hand",
      resources: [profile(), endpoint("edge", disabled), endpoint("origins", nested)],
    },
  ]) {
    it(`is content with ${why}`, async () => {
      assert.deepEqual(await violations(trafficManagerFailover, resources), []);
    });
  }

  for (const { why, resources, message } of [
    {
      why: "one endpoint",
      resources: [profile(), endpoint("a")],
      message: /has 1 enabled .* of 1/,
    },
    {
      why: "a second that is off",
      resources: [profile(), endpoint("a"), endpoint("b", disabled)],
      message: /has 1 enabled endpoints of 2/,
    },
    {
      why: "a second that is another profile's",
      resources: [profile(), endpoint("a"), endpoint("b", { profileName: "other" })],
      message: /of 1;/,
    },
    {
      why: "all of a switched one closed",
      resources: [profile(), endpoint("a", disabled), endpoint("b", { ...nested, ...disabled })],
      message: /has 0 enabled endpoints of 2/,
    },
    {
      why: "probes of another path",
      resources: [profile({ monitorConfig: { path: "/healthz" } }), endpoint("a"), endpoint("b")],
      message: /probes "\/healthz"; set monitorConfig\.path to \/readyz/,
    },
  ]) {
    it(`refuses ${why}`, async () => {
      const messages = await violations(trafficManagerFailover, resources);

      assert.equal(messages.length, 1);
      assert.match(messages[0] ?? "", message);
    });
  }
});

describe("The rule equal-locators", () => {
  const video: Sample = { type: "twinstream:media:FailoverVideo", name: "bunny" };
  const locator = (name: string, props: object): Sample => ({
    type: "pulumi-nodejs:dynamic/twinstream:StreamingLocator",
    name,
    props: { ...props },
    parent: "twinstream:media:FailoverVideo bunny",
  });
  const one = { locatorId: "nb:lid:UUID:1", expirationDateTime: "2030-01-01T00:00:00Z" };

  it("is content with one id and one expiry, however it is written", async () => {
    const other = { ...one, expirationDateTime: "2030-01-01T00:00:00.000Z" };

    assert.deepEqual(
      await violations(equalLocators, [video, locator("a", one), locator("b", other)]),
      [],
    );
  });

  it("says nothing of ids that are not given yet", async () => {
    assert.deepEqual(
      await violations(equalLocators, [video, locator("a", {}), locator("b", {})]),
      [],
    );
  });

  for (const { why, locators, message } of [
    {
      why: "another id",
      locators: [locator("a", one), locator("b", { ...one, locatorId: "nb:lid:UUID:2" })],
      message: /Video 'bunny' has locators with different locatorId: nb:lid:UUID:1, nb:lid:UUID:2/,
    },
    {
      why: "another expiry",
      locators: [
        locator("a", one),
        locator("b", { ...one, expirationDateTime: "2030-01-02T00:00:00Z" }),
      ],
      message: /different expirationDateTime/,
    },
    { why: "one data center", locators: [locator("a", one)], message: /one data center only/ },
  ]) {
    it(`refuses ${why}`, async () => {
      const messages = await violations(equalLocators, [video, ...locators]);

      assert.equal(messages.length, 1);
      assert.match(messages[0] ?? "", message);
    });
  }
});
