import { strict as assert } from "node:assert";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { RunError } from "@pulumi/pulumi";
import { describe, it } from "mocha";
import { parse } from "yaml";
import { readSettings, settingKeys } from "../../components/settings/settings";

type Config = Record<string, unknown>;

const GUID = "0a1b2c3d-0000-4000-8000-00000000000f";

const image = `registry.test/media@sha256:${"a".repeat(64)}`;
const good: Config = {
  dataCenters: [
    { name: "east", location: "East US 2" },
    { name: "west", location: "westus2" },
  ],
  image,
  storageAccess: "shared-key",
  videos: [{ name: "Big Buck Bunny", file: "samples/bunny.mp4" }],
};

const classic: Config = {
  mediaServices: "azure",
  mediaServicesApi: "http://127.0.0.1:8100/{account}/{location}/api/",
  servicePrincipal: { tenantId: "t", clientId: "c", clientSecret: "s3cret" },
};

/** Reads a configuration as Pulumi hands it over: everything is text, objects as JSON. */
function read(config: Config) {
  const text = Object.fromEntries(
    Object.entries(config)
      .filter(([, value]) => value !== undefined)
      .map(([key, value]) => [key, typeof value === "string" ? value : JSON.stringify(value)]),
  );
  const sizes: Record<string, number> = { "samples/bunny.mp4": 4_485_437, "samples/empty.mp4": 0 };
  return readSettings({
    raw: (key) => text[key],
    keys: Object.keys(text),
    fileSizeBytes: (file) => sizes[file],
    files: { find: () => [], readText: () => undefined },
  });
}

function problemsOf(config: Config): string[] {
  try {
    read(config);
  } catch (error) {
    assert(RunError.isInstance(error), "only a RunError is shown without a stack");
    const [head, ...lines] = error.message.split("\n  twinstream:");
    assert.match(head ?? "", /^The stack's configuration has (a mistake|\d+ mistakes):$/);
    return lines;
  }
  return [];
}

describe("the stack's settings", () => {
  it("read a configuration and fill in what is not set", () => {
    assert.deepEqual(read(good), {
      dataCenters: [
        { name: "east", location: "eastus2", priority: 1 },
        { name: "west", location: "westus2", priority: 2 },
      ],
      sharedLocation: "eastus2",
      videos: [
        {
          title: "Big Buck Bunny",
          name: "big-buck-bunny",
          file: "samples/bunny.mp4",
          encodeIn: "east",
        },
      ],
      shard: undefined,
      videosAtOnce: 16,
      mediaServices: {
        kind: "self-hosted",
        image,
        encoder: "auto",
        watchPage: false,
        logLevel: "info",
      },
      publicScheme: "https",
      frontDoorSku: "standard",
      firewallMode: "prevention",
      activePath: "front-door",
      domain: undefined,
      contentSteering: true,
      storageAccess: "shared-key",
      overwriteReplicas: false,
      serverSideCopy: "auto",
      locatorDays: 90,
      softDeleteDays: 7,
      keepVersionsDays: 0,
      protect: false,
      uploadOrigins: [],
      monitoring: true,
      logRetentionDays: 30,
      zoneRedundant: false,
      shutdown: { delaySeconds: 5, graceSeconds: 45 },
      origin: {
        indexCacheMiB: undefined,
        segmentCacheMiB: undefined,
        sendingMiB: undefined,
        stallSeconds: undefined,
      },
      alerts: { emails: [], actionGroupIds: [] },
      minReplicas: 1,
      maxReplicas: 10,
      maxWorkers: 4,
      registryId: "",
      directRequestsPerMinute: 1200,
      frontDoorOnly: false,
      nameSalt: "",
      tags: {},
    });
  });

  it("take every key that is set", () => {
    const settings = read({
      ...good,
      dataCenters: [
        { name: "east", location: "eastus2" },
        { name: "west", location: "westus2" },
        { name: "north", location: "northeurope" },
      ],
      primary: "north",
      encodeIn: "west",
      videos: [
        { name: "one", file: "samples/bunny.mp4" },
        { name: "two", file: "samples/bunny.mp4", encodeIn: "north" },
        { name: "three", file: "samples/bunny.mp4", locatorId: GUID.toUpperCase() },
      ],
      publicScheme: "http",
      contentSteering: false,
      serverSideCopy: "never",
      locatorDays: 30,
      softDeleteDays: 14,
      protect: true,
      nameSalt: "acme",
      tags: { owner: "media" },
      encoder: "node-av",
      watchPage: true,
      logLevel: "debug",
    });

    assert.deepEqual(
      settings.dataCenters.map(({ name, priority }) => [name, priority]),
      [
        ["east", 2],
        ["west", 3],
        ["north", 1],
      ],
    );
    assert.deepEqual(
      settings.videos.map(({ name, encodeIn, locatorId }) => [name, encodeIn, locatorId]),
      [
        ["one", "west", undefined],
        ["two", "north", undefined],
        ["three", "west", `nb:lid:UUID:${GUID}`],
      ],
    );
    assert.deepEqual(settings.mediaServices, {
      kind: "self-hosted",
      image,
      encoder: "node-av",
      watchPage: true,
      logLevel: "debug",
    });
    const { publicScheme, serverSideCopy, locatorDays, softDeleteDays, protect } = settings;
    assert.deepEqual(
      { publicScheme, serverSideCopy, locatorDays, softDeleteDays, protect },
      {
        publicScheme: "http",
        serverSideCopy: "never",
        locatorDays: 30,
        softDeleteDays: 14,
        protect: true,
      },
    );
    assert.deepEqual([settings.nameSalt, settings.tags], ["acme", { owner: "media" }]);
    assert.equal(settings.contentSteering, false);
  });

  it("read an account of the classic kind, without an image", () => {
    const changes = { image: undefined, streamingEndpoint: { scaleUnits: 3 } };
    const { mediaServices } = read({ ...good, ...classic, ...changes });
    assert(mediaServices.kind === "azure");
    const { endpoint, ...rest } = mediaServices;
    assert.deepEqual(rest, {
      kind: "azure",
      apiTemplate: "http://127.0.0.1:8100/{account}/{location}/api/",
      authority: "https://login.microsoftonline.com/",
      servicePrincipal: { tenantId: "t", clientId: "c", clientSecret: "s3cret" },
      keyDeliveryAllow: undefined,
    });
    assert.equal(endpoint.scaleUnits, 3);
  });

  it("name every mistake at once", () => {
    assert.deepEqual(problemsOf({ ...good, primary: "north", publicScheme: "ftp" }), [
      'primary: is "north"; allowed: east, west',
      'publicScheme: is "ftp"; allowed: https, http',
    ]);
  });

  it("never show a client secret", () => {
    const problems = problemsOf({
      ...good,
      ...classic,
      servicePrincipal: { clientSecret: "s3cret", tenantId: 5 },
    });

    assert.deepEqual(problems, [
      'servicePrincipal.tenantId: is required where mediaServices is "azure"',
      'servicePrincipal.clientId: is required where mediaServices is "azure"',
    ]);
  });

  const east = { name: "east", location: "eastus2" };
  const west = { name: "west", location: "westus2" };
  const bunny = { name: "Bunny", file: "samples/bunny.mp4" };
  for (const { why, config, problem } of [
    {
      why: "no data center",
      config: { dataCenters: undefined },
      problem: /^dataCenters: has 0; allowed: 2 to 5, /,
    },
    {
      why: "one data center only",
      config: { dataCenters: [east] },
      problem: /^dataCenters: has 1; allowed: 2 to 5, each with a name and a location of its own/,
    },
    {
      why: "more data centers than Front Door has priorities",
      config: {
        dataCenters: ["a", "b", "c", "d", "e", "f"].map((name) => ({ name, location: name })),
      },
      problem: /^dataCenters: has 6; allowed: 2 to 5, /,
    },
    {
      why: "two data centers of one region, however it is spelt",
      config: { dataCenters: [east, { name: "west", location: "East US 2" }] },
      problem:
        'dataCenters[1].location: "eastus2" is the region of "east" already; choose another region',
    },
    {
      why: "two data centers of one name",
      config: { dataCenters: [east, { ...west, name: "east" }] },
      problem: 'dataCenters[1].name: "east" is taken by an earlier data center',
    },
    {
      why: "a data center that is called like the edge",
      config: { dataCenters: [east, { ...west, name: "edge" }] },
      problem: 'dataCenters[1].name: "edge" is reserved; choose another name',
    },
    {
      why: "a data center's name that no resource could have",
      config: { dataCenters: [east, { ...west, name: "West-1" }] },
      problem:
        'dataCenters[1].name: is "West-1"; allowed: 1 to 12 lower-case letters and digits, a letter first',
    },
    {
      why: "a data center without a location",
      config: { dataCenters: [east, { name: "west" }] },
      problem: "dataCenters[1].location: is required; allowed: an Azure location",
    },
    {
      why: "a misspelt member",
      config: { dataCenters: [{ ...east, lokation: "x" }, west] },
      problem: "dataCenters[0].lokation: is not known; allowed: name, location",
    },
    {
      why: "a data center that is no object",
      config: { dataCenters: [east, west, "north"] },
      problem: 'dataCenters[2]: must be an object, got "north"',
    },
    {
      why: "data centers that are no list",
      config: { dataCenters: { east }, primary: "east" },
      problem: "dataCenters: must be a list, got an object",
    },
    {
      why: "data centers as plain text",
      config: { dataCenters: "east, west" },
      problem: "dataCenters: must be a list, got text",
    },
    {
      why: "an unknown primary",
      config: { primary: "north" },
      problem: 'primary: is "north"; allowed: east, west',
    },
    {
      why: "an unknown place to encode in",
      config: { encodeIn: "north" },
      problem: 'encodeIn: is "north"; allowed: east, west',
    },
    {
      why: "a video's unknown place to encode in",
      config: { videos: [{ ...bunny, encodeIn: "north" }] },
      problem: 'videos[0].encodeIn: is "north"; allowed: east, west',
    },
    {
      why: "a locator id that is no guid",
      config: { videos: [{ ...bunny, locatorId: "bunny" }] },
      problem: 'videos[0].locatorId: is "bunny"; allowed: a guid, or nb:lid:UUID: and a guid',
    },
    {
      why: "two videos under one path",
      config: {
        videos: [
          { ...bunny, locatorId: GUID },
          { ...bunny, name: "Hare", locatorId: `nb:lid:UUID:${GUID}` },
        ],
      },
      problem: 'videos[1].locatorId: is "Bunny"\'s, too; a path leads to one video',
    },
    {
      why: "two videos of one name",
      config: { videos: [bunny, bunny] },
      problem:
        'videos[1].name: "Bunny" of "samples/bunny.mp4" is taken by "Bunny" of "samples/bunny.mp4"; choose another name',
    },
    {
      why: "two videos that would give one asset name",
      config: {
        videos: [
          { ...bunny, name: "Big Bunny" },
          { ...bunny, name: "big_bunny" },
        ],
      },
      problem:
        'videos[1].name: "big_bunny" of "samples/bunny.mp4" gives the same asset name, "big-bunny", as "Big Bunny" of "samples/bunny.mp4"; choose another name',
    },
    {
      why: "a video without a name",
      config: { videos: [{ file: "samples/bunny.mp4" }] },
      problem: /^videos\[0\]\.name: is required; allowed: up to 60 letters/,
    },
    {
      why: "a video without a file",
      config: { videos: [{ name: "Bunny" }] },
      problem: "videos[0].file: is required; allowed: a path relative to the project's root",
    },
    {
      why: "a file that is not there",
      config: { videos: [{ ...bunny, file: "samples/none.mp4" }] },
      problem: 'videos[0].file: there is no file "samples/none.mp4" below the project\'s root',
    },
    {
      why: "an empty file",
      config: { videos: [{ ...bunny, file: "samples/empty.mp4" }] },
      problem: 'videos[0].file: "samples/empty.mp4" is empty',
    },
    {
      why: "a bad scheme",
      config: { publicScheme: "ftp" },
      problem: 'publicScheme: is "ftp"; allowed: https, http',
    },
    {
      why: "an unknown kind of media services",
      config: { mediaServices: "elemental" },
      problem: 'mediaServices: is "elemental"; allowed: self-hosted, azure, existing',
    },
    {
      why: "a self-hosted service without an image",
      config: { image: "" },
      problem:
        "image: is required; name the image that was built, for example with --config; allowed:" +
        " <registry>/<repository>@sha256:<64 hex digits>, or localhost/<name> in the local cloud",
    },
    ...[
      "registry.test/media:latest",
      "registry.test/media",
      "registry.test/media@sha256:abc",
      `registry.test/media@sha256:${"A".repeat(64)}`,
      `media@sha256:${"a".repeat(64)}`,
      "registry.test/media@sha256:<the digest of the build>",
      "localhost/",
    ].map((wrong) => ({
      why: `the image ${wrong}`,
      config: { image: wrong },
      problem:
        `image: is "${wrong}"; allowed: <registry>/<repository>@sha256:<64 hex digits>,` +
        " or localhost/<name> in the local cloud",
    })),
    {
      why: "an unknown encoder",
      config: { encoder: "x265" },
      problem: 'encoder: is "x265"; allowed: auto, ffmpeg, node-av',
    },
    {
      why: "an unknown level of logging",
      config: { logLevel: "loud" },
      problem: 'logLevel: is "loud"; allowed: trace, debug, info, warn, error, fatal, silent',
    },
    {
      why: "a flag that is neither true nor false",
      config: { watchPage: "yes" },
      problem: 'watchPage: is "yes"; allowed: true, false',
    },
    {
      why: "an audience with a space in it",
      config: { apiAccess: "entra", entra: { audience: "my api" } },
      problem: /^entra\.audience: is "my api"; allowed: the API's application id URI/m,
    },
    {
      why: "a tenant's name",
      config: { apiAccess: "entra", entra: { tenantId: "common", audience: "api://a" } },
      problem: /^entra\.tenantId: is "common"; allowed: the tenant's id, a GUID$/m,
    },
    {
      why: "a tenant that nobody uses",
      config: { entra: { audience: "api://a" } },
      problem: 'entra: is set, but apiAccess is "account-key"; set apiAccess to "entra"',
    },
    {
      why: "an unknown way to the store",
      config: { storageAccess: "sas" },
      problem: /^storageAccess: is "sas"; allowed: identity, shared-key$/m,
    },
    {
      why: "an unknown way to copy",
      config: { serverSideCopy: "sometimes" },
      problem: 'serverSideCopy: is "sometimes"; allowed: auto, never, always',
    },
    {
      why: "no video at once",
      config: { videosAtOnce: 0 },
      problem: 'videosAtOnce: is "0"; allowed: a whole number from 1 to 256',
    },
    {
      why: "locators that would be renewed on every run",
      config: { locatorDays: 14 },
      problem: 'locatorDays: is "14"; allowed: a whole number from 15 to 3650',
    },
    {
      why: "half a day of soft delete",
      config: { softDeleteDays: 0.5 },
      problem: 'softDeleteDays: is "0.5"; allowed: a whole number from 1 to 365',
    },
    {
      why: "versions that are kept for longer than a year",
      config: { keepVersionsDays: 366 },
      problem: 'keepVersionsDays: is "366"; allowed: a whole number from 0 to 365',
    },
    {
      why: "logs that are kept for a week only, which costs as much as a month",
      config: { logRetentionDays: 7 },
      problem: 'logRetentionDays: is "7"; allowed: a whole number from 30 to 730',
    },
    {
      why: "a data center that scales to nothing",
      config: { minReplicas: 0 },
      problem: 'minReplicas: is "0"; allowed: a whole number from 1 to 300',
    },
    {
      why: "more copies at least than at most",
      config: { minReplicas: 5, maxReplicas: 4 },
      problem: 'maxReplicas: is "4"; allowed: a whole number from minReplicas, 5, to 300',
    },
    {
      why: "no worker at all",
      config: { maxWorkers: 0 },
      problem: 'maxWorkers: is "0"; allowed: a whole number from 1 to 300',
    },
    {
      why: "a registry by its name alone",
      config: { registryId: "acme.azurecr.io" },
      problem:
        'registryId: is "acme.azurecr.io"; allowed: the resource id of a container registry,' +
        " /subscriptions/{id}/resourceGroups/{group}" +
        "/providers/Microsoft.ContainerRegistry/registries/{name}",
    },
    {
      why: "pages of every origin",
      config: { uploadOrigins: ["*"] },
      problem:
        'uploadOrigins[0]: is "*"; allowed: a web origin, such as https://studio.example.com',
    },
    {
      why: "origins that are no list",
      config: { uploadOrigins: { studio: "https://studio.example.com" } },
      problem: "uploadOrigins: must be a list, got an object",
    },
    {
      why: "fewer requests than none",
      config: { directRequestsPerMinute: -1 },
      problem: 'directRequestsPerMinute: is "-1"; allowed: a whole number from 0 to 1000000',
    },
    {
      why: "to answer the edge alone where players are told of other ways",
      config: { frontDoorOnly: true },
      problem:
        'frontDoorOnly: is "true", but contentSteering is true, which leads viewers past the edge;' +
        " allowed: false, or contentSteering false and activePath front-door",
    },
    {
      why: "to answer the edge alone where the domain leads past it",
      config: {
        frontDoorOnly: true,
        contentSteering: false,
        activePath: "direct",
        publicScheme: "http",
        domain: { name: "video.example.com" },
      },
      problem: /^frontDoorOnly: is "true", but activePath is direct, which leads viewers past/,
    },
    {
      why: "a domain whose certificate the apps can't read",
      config: {
        domain: {
          name: "video.example.com",
          certificate:
            "/subscriptions/s/resourceGroups/g/providers/Microsoft.KeyVault/vaults/v/secrets/viewers",
        },
      },
      problem:
        'storageAccess: is "shared-key", but the apps have no identity then to read the certificate of' +
        " domain with; allowed with a domain over https: identity",
    },
    {
      why: "tags that are no text",
      config: { tags: { cost: 5 } },
      problem: "tags.cost: is 5; allowed: text of at most 256 characters",
    },
    {
      why: "a misspelt key",
      config: { primry: "east" },
      problem:
        /^primry: is not known; allowed: accounts, activePath, alerts, apiAccess, authority, contentSteering, /,
    },
    {
      why: "an account of the service that Microsoft retired",
      config: { ...classic, mediaServicesApi: undefined },
      problem:
        'mediaServices: is "azure", but Microsoft retired Azure Media Services on 2024-06-30 and' +
        " https://{account}.restv2.{location}.media.azure.net/api/ no longer answers; set mediaServices" +
        ' to "self-hosted", or mediaServicesApi to a service that speaks the same API',
    },
    {
      why: "an account of the retired service in another cloud",
      config: {
        ...classic,
        mediaServicesApi: "https://{account}.restv2.{location}.media.chinacloudapi.cn/api/",
      },
      problem: /^mediaServices: is "azure", but Microsoft retired/,
    },
    {
      why: "an API address without the account in it",
      config: { ...classic, mediaServicesApi: "https://media.test/api/" },
      problem:
        'mediaServicesApi: is "https://media.test/api/"; allowed: an http or https address with {account} or {host} in it',
    },
    {
      why: "an API address that is none",
      config: { ...classic, mediaServicesApi: "{account}" },
      problem:
        'mediaServicesApi: is "{account}"; allowed: an http or https address with {account} or {host} in it',
    },
    {
      why: "an authority that is no address",
      config: { ...classic, authority: "login" },
      problem: 'authority: is "login"; allowed: an http or https address',
    },
    {
      why: "an authority that is not on the web",
      config: { ...classic, authority: "ftp://login.test/" },
      problem: 'authority: is "ftp://login.test/"; allowed: an http or https address',
    },
  ] satisfies { why: string; config: Config; problem: string | RegExp }[]) {
    it(`refuse ${why}`, () => {
      const problems = problemsOf({ ...good, ...config });

      assert.equal(problems.length, 1, problems.join("\n"));
      if (typeof problem === "string") assert.equal(problems[0], problem);
      else assert.match(problems[0] ?? "", problem);
    });
  }
});

describe("Pulumi.yaml", () => {
  const project = parse(readFileSync(resolve("Pulumi.yaml"), "utf8")) as {
    config: Record<string, { type: string; default?: unknown; description?: string }>;
  };

  it("describes exactly the keys that the program reads", () => {
    assert.deepEqual(Object.keys(project.config).sort(), [...settingKeys].sort());
    for (const [key, { description }] of Object.entries(project.config)) {
      assert(description, `${key} has no description`);
    }
  });

  it("has the defaults that the program has", () => {
    const defaults = Object.fromEntries(
      Object.entries(project.config).map(([key, { default: value }]) => [key, value]),
    );

    assert.deepEqual(read({ ...defaults, ...good }), read(good));
    const { mediaServicesApi, ...rest } = classic;
    assert.deepEqual(
      read({ ...defaults, ...good, ...rest, mediaServicesApi }),
      read({ ...good, ...rest, mediaServicesApi }),
    );
    assert.deepEqual(
      problemsOf({ ...defaults, ...good, ...rest }),
      problemsOf({ ...good, ...rest }),
    );
  });
});
