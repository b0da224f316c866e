import { strict as assert } from "node:assert";
import { describe, it } from "mocha";
import { type Declared, type Deployment, ofType } from "./deploy";
import { committedConfig, type Config, runProgram } from "./run-program";

/** The committed configuration of stack `dev`. */
const dev = committedConfig("dev");

/** Runs index.ts afresh with changes to the configuration of stack `dev`. */
function run(changes: Config = {}): Promise<Deployment> {
  return runProgram("dev", changes);
}

// A run takes a second of a quiet machine, and ten of a busy one.
const patienceMs = 120_000;

// Most tests compare with it, and running the program takes a second.
let unchanged: Promise<Deployment> | undefined;

/** The program with the committed configuration; run once. */
function runUnchanged(): Promise<Deployment> {
  return (unchanged ??= run());
}

/** `type name` of every resource, sorted. */
function names({ resources }: Deployment): string[] {
  return resources.map(({ type, name }) => `${type} ${name}`).sort();
}

/** `type name` of the resources whose inputs differ between two runs. */
function changed(before: Deployment, after: Deployment): string[] {
  const key = ({ type, name }: Declared) => `${type} ${name}`;
  const old = new Map(before.resources.map((one) => [key(one), JSON.stringify(one.inputs)]));
  return after.resources
    .filter((one) => old.get(key(one)) !== JSON.stringify(one.inputs))
    .map(key)
    .sort();
}

/** Paths of the texts that hold one of several words. */
function leavesWith(value: unknown, words: string[], path = ""): string[] {
  if (typeof value === "string") return words.some((word) => value.includes(word)) ? [path] : [];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) =>
    leavesWith(item, words, path === "" ? key : `${path}.${key}`),
  );
}

const dynamic = "pulumi-nodejs:dynamic/twinstream";
const chainIn = (dataCenter: string, video: string) => ({
  encoded: [
    `${dynamic}:EncodingJob ${video}-${dataCenter}`,
    `${dynamic}:MezzanineAsset ${video}-${dataCenter}`,
    `${dynamic}:StreamingLocator ${video}-${dataCenter}`,
  ],
  replicated: [
    `${dynamic}:AssetCopy ${video}-${dataCenter}`,
    `${dynamic}:AssetFiles ${video}-${dataCenter}`,
    `${dynamic}:ReplicaAsset ${video}-${dataCenter}`,
    `${dynamic}:StreamingLocator ${video}-${dataCenter}`,
  ],
});
const inDataCenter = (name: string) => [
  `azure-native:app:ContainerApp ${name}`,
  `azure-native:app:ManagedEnvironment ${name}`,
  `azure-native:cdn:AFDOrigin edge-${name}`,
  `azure-native:resources:ResourceGroup ${name}`,
  `azure-native:storage:BlobServiceProperties ${name}-blobs`,
  `azure-native:storage:Queue ${name}-jobs`,
  `azure-native:storage:StorageAccount ${name}`,
  `azure-native:trafficmanager:Endpoint router-${name}`,
  `${dynamic}:AccessPolicy ${name}-viewing`,
  `${dynamic}:AccountKey ${name}`,
  `${dynamic}:PathwayList ${name}`,
  `${dynamic}:StreamingEndpoint ${name}`,
  `twinstream:index:StreamingDataCenter ${name}`,
  `twinstream:media:MediaServicesAccount ${name}`,
  `twinstream:storage:MediaStorage ${name}`,
];
const inFront = [
  "azure-native:cdn:AFDEndpoint edge",
  "azure-native:cdn:AFDOriginGroup edge",
  "azure-native:cdn:Profile edge",
  "azure-native:cdn:Route edge",
  "azure-native:cdn:Rule edge-manifests",
  "azure-native:cdn:Rule edge-others",
  "azure-native:cdn:Rule edge-segments",
  "azure-native:cdn:RuleSet edge",
  "azure-native:resources:ResourceGroup shared",
  "azure-native:trafficmanager:Profile router",
  "twinstream:edge:ContentDelivery edge",
  "twinstream:edge:ContentSteering steering",
  "twinstream:edge:TrafficRouting router",
];
const video = "big-buck-bunny";
const videoComponent = `twinstream:media:FailoverVideo ${video}`;
const third = { name: "north", location: "northeurope" };
const dataCenters = dev["dataCenters"] as object[];

describe("The program with the configuration of stack dev", function () {
  this.timeout(patienceMs);

  it("declares two data centers, what stands in front of them, and the video in both", async () => {
    const deployment = await runUnchanged();

    assert.deepEqual(
      names(deployment),
      [
        ...inDataCenter("east"),
        ...inDataCenter("west"),
        ...inFront,
        videoComponent,
        ...chainIn("east", video).encoded,
        ...chainIn("west", video).replicated,
      ].sort(),
    );
  });

  it("tells every data center the ways to the library, the edge first", async () => {
    const lists = ofType(await runUnchanged(), `${dynamic}:PathwayList`);
    const { account, ...inputs } = lists["west"]?.inputs ?? {};

    assert.equal((account as { apiUrl: string }).apiUrl, "http://media-dev-west.apps.test/api/");
    assert.deepEqual(inputs, {
      pathways: [
        { name: "edge", baseUrl: "http://twinstream-dev-2797d6e2.edge.test" },
        { name: "east", baseUrl: "http://media-dev-east.apps.test" },
        { name: "west", baseUrl: "http://media-dev-west.apps.test" },
      ],
      version: 2,
    });
    assert.deepEqual(lists["west"]?.secrets, ["account.accountKey"]);
    assert.deepEqual(lists["east"]?.inputs["pathways"], inputs.pathways);
  });

  it("tells nobody where content steering is switched off", async () => {
    const deployment = await run({ contentSteering: false });

    assert.deepEqual(ofType(deployment, `${dynamic}:PathwayList`), {});
    const { template } = ofType(deployment, "azure-native:app:ContainerApp")["east"]?.inputs ?? {};
    assert.match(JSON.stringify(template), /"CONTENT_STEERING","value":"false"/);
  });

  it("exports the video's path and its addresses on every host, all in clear text", async () => {
    const { outputs } = await runUnchanged();
    const path = "/lid-of-big-buck-bunny-east/bunny.ism";
    const urls = (host: string) => ({
      smooth: `http://${host}${path}/manifest`,
      hls: `http://${host}${path}/manifest(format=m3u8-cmaf)`,
      dash: `http://${host}${path}/manifest(format=mpd-time-cmaf)`,
    });
    const edge = "twinstream-dev-2797d6e2.edge.test";
    const router = "twinstream-dev-2797d6e2.router.test";

    assert.deepEqual(outputs, {
      videos: [
        {
          name: "big-buck-bunny",
          relativePath: path,
          urls: {
            east: urls("media-dev-east.apps.test"),
            west: urls("media-dev-west.apps.test"),
            edge: urls(edge),
            trafficManager: urls(router),
          },
        },
      ],
      edgeHost: edge,
      trafficManagerHost: router,
      origins: { east: "media-dev-east.apps.test", west: "media-dev-west.apps.test" },
      watchPage: `http://${edge}/watch/`,
    });
  });

  it("keeps every key secret wherever it goes", async () => {
    const deployment = await runUnchanged();
    const keys = ["key made for east", "key made for west", "key of eastdev", "key of westdev"];
    const carriers: string[] = [];

    for (const { type, name, inputs, secrets } of deployment.resources) {
      for (const path of leavesWith(inputs, keys)) {
        const covered = secrets.some((secret) => path === secret || path.startsWith(`${secret}.`));
        assert(covered, `${type} ${name} shows a key at ${path}`);
        carriers.push(`${type} ${name}`);
      }
    }
    assert.deepEqual(
      carriers.sort(),
      [
        ...["east", "west"].flatMap((name) => [
          // The account's key and the store's.
          `azure-native:app:ContainerApp ${name}`,
          `azure-native:app:ContainerApp ${name}`,
          `${dynamic}:AccessPolicy ${name}-viewing`,
          `${dynamic}:PathwayList ${name}`,
          `${dynamic}:StreamingEndpoint ${name}`,
        ]),
        ...chainIn("east", video).encoded,
        ...chainIn("west", video).replicated,
        // Two accounts take part in a copy.
        `${dynamic}:AssetCopy ${video}-west`,
      ].sort(),
    );
  });

  it("names each resource with parents of this project only", async () => {
    const { resources } = await runUnchanged();

    for (const { type, name, parent } of resources) {
      assert.match(parent, /^(twinstream:\w+:\w+|pulumi:pulumi:Stack) /, `${type} ${name}`);
    }
  });

  it("does not move the shared group when the list of data centers changes", async () => {
    const { shared } = ofType(await runUnchanged(), "azure-native:resources:ResourceGroup");

    assert.deepEqual(shared?.ignoreChanges, ["location"]);
    assert.deepEqual(shared.inputs, {
      resourceGroupName: "twinstream-dev-shared",
      location: "eastus2",
      tags: { project: "twinstream", stack: "dev" },
    });
  });
});

describe("A change of the configuration", function () {
  this.timeout(patienceMs);

  it("of the primary changes priorities at the edge, the router and in players, and nothing else", async () => {
    const before = await runUnchanged();
    const after = await run({ primary: "west" });

    assert.deepEqual(names(after), names(before));
    assert.deepEqual(changed(before, after), [
      "azure-native:cdn:AFDOrigin edge-east",
      "azure-native:cdn:AFDOrigin edge-west",
      "azure-native:trafficmanager:Endpoint router-east",
      "azure-native:trafficmanager:Endpoint router-west",
      `${dynamic}:PathwayList east`,
      `${dynamic}:PathwayList west`,
    ]);
    const first = (type: string) =>
      Object.values(ofType(after, type)).sort(
        (one, other) => Number(one.inputs["priority"]) - Number(other.inputs["priority"]),
      )[0]?.name;
    assert.equal(first("azure-native:cdn:AFDOrigin"), "edge-west");
    assert.equal(first("azure-native:trafficmanager:Endpoint"), "router-west");
    assert.deepEqual(after.outputs, before.outputs);
  });

  it("by a third data center adds its own resources and a replica, and tells the others", async () => {
    const before = await runUnchanged();
    const after = await run({ dataCenters: [...dataCenters, third] });
    const old = names(before);

    assert.deepEqual(
      names(after).filter((name) => !old.includes(name)),
      [...inDataCenter("north"), ...chainIn("north", video).replicated].sort(),
    );
    assert.deepEqual(
      changed(before, after).filter((name) => old.includes(name)),
      [`${dynamic}:PathwayList east`, `${dynamic}:PathwayList west`],
    );
  });

  it("by a second video adds its chain alone, and without it exactly that goes away", async () => {
    const videos = dev["videos"] as object[];
    const second = { name: "Second", file: "samples/big-buck-bunny-40s.mp4", encodeIn: "west" };
    const before = await runUnchanged();
    const after = await run({ videos: [...videos, second] });
    const old = names(before);

    assert.deepEqual(
      names(after).filter((name) => !old.includes(name)),
      [
        "twinstream:media:FailoverVideo second",
        ...chainIn("west", "second").encoded,
        ...chainIn("east", "second").replicated,
      ].sort(),
    );
    assert.deepEqual(
      changed(before, after).filter((name) => old.includes(name)),
      [],
    );
  });

  it("to a pattern of files declares a video for each that is there", async () => {
    const deployment = await run({ videos: [], library: { glob: "samples/*.mp4" } });

    assert.deepEqual(
      Object.values(ofType(deployment, `${dynamic}:MezzanineAsset`)).map(({ inputs }) => [
        ...[inputs["name"], inputs["file"]],
      ]),
      [["big-buck-bunny-40s-mezzanine", "samples/big-buck-bunny-40s.mp4"]],
    );
  });

  it("to one video at a time begins none before all of the one before it is there", async () => {
    const videos = ["one", "two", "three"].map((name) => ({
      name,
      file: "samples/big-buck-bunny-40s.mp4",
    }));
    const { resources, outputs } = await run({ videos, videosAtOnce: 1 });
    const order = resources
      .filter(({ parent }) => parent.startsWith("twinstream:media:FailoverVideo "))
      .map(({ parent }) => parent.replace(/.* /, ""));

    assert.deepEqual([...new Set(order)], ["one", "two", "three"]);
    assert.deepEqual(
      order,
      [...order].sort((a, b) => order.indexOf(a) - order.indexOf(b)),
    );
    assert.equal((outputs["videos"] as object[]).length, 3);
  });

  it("to no video leaves the data centers and what stands in front of them", async () => {
    const deployment = await run({ videos: [] });

    assert.deepEqual(
      names(deployment),
      [...inDataCenter("east"), ...inDataCenter("west"), ...inFront].sort(),
    );
    assert.deepEqual(deployment.outputs["videos"], []);
  });

  it("to https takes the router's addresses away, for no certificate is for its host", async () => {
    const { outputs } = await run({ publicScheme: "https", watchPage: false });
    const [first] = outputs["videos"] as [{ urls: Record<string, { hls: string }> }];

    assert.deepEqual(Object.keys(first.urls).sort(), ["east", "edge", "west"]);
    assert.match(first.urls["edge"]?.hls ?? "", /^https:/);
    assert.equal(outputs["watchPage"], null);
    assert.equal(outputs["trafficManagerHost"], null);
  });

  it("to a domain puts a switch before Front Door and data centers, and sends players there", async () => {
    const before = await runUnchanged();
    const domain = {
      name: "video.example.com",
      zone: { name: "example.com", resourceGroup: "dns" },
    };
    const after = await run({ domain, activePath: "both" });
    const old = names(before);

    assert.deepEqual(
      names(after).filter((name) => !old.includes(name)),
      [
        "azure-native:cdn:AFDCustomDomain edge-domain",
        "azure-native:dns:RecordSet edge-domain-dnsauth",
        "azure-native:dns:RecordSet viewers",
        "azure-native:dns:RecordSet viewers-asuid",
        "azure-native:trafficmanager:Endpoint viewers-direct",
        "azure-native:trafficmanager:Endpoint viewers-front-door",
        "azure-native:trafficmanager:Profile viewers",
        "twinstream:edge:AppsDomain viewers-apps",
        "twinstream:edge:ViewersHost viewers",
      ],
    );
    assert.deepEqual(
      changed(before, after).filter((name) => old.includes(name)),
      [
        "azure-native:app:ContainerApp east",
        "azure-native:app:ContainerApp west",
        "azure-native:cdn:Route edge",
        `${dynamic}:PathwayList east`,
        `${dynamic}:PathwayList west`,
      ],
    );
    const [first] = after.outputs["videos"] as [{ urls: Record<string, { hls: string }> }];
    assert.match(first.urls["trafficManager"]?.hls ?? "", /^http:\/\/video\.example\.com\//);
    assert.equal(after.outputs["trafficManagerHost"], "video.example.com");
    assert.equal(after.outputs["watchPage"], "http://video.example.com/watch/");
    const [{ inputs }] = Object.values(ofType(after, `${dynamic}:PathwayList`)) as [Declared];
    assert.deepEqual((inputs["pathways"] as object[])[0], {
      name: "edge",
      baseUrl: "http://video.example.com",
    });
  });

  it("to classic accounts declares those in place of the container apps", async () => {
    const deployment = await run({
      mediaServices: "azure",
      mediaServicesApi: "http://127.0.0.1:8100/{account}/api/",
      authority: "http://127.0.0.1:8100/",
      servicePrincipal: { tenantId: "t", clientId: "c", clientSecret: "s3cret" },
    });
    const providers = ofType(deployment, "pulumi:providers:azure");
    const jobs = ofType(deployment, `${dynamic}:EncodingJob`);

    assert.deepEqual(Object.keys(providers), ["east", "west"]);
    assert.deepEqual(ofType(deployment, "azure-native:app:ContainerApp"), {});
    assert.deepEqual(jobs["big-buck-bunny-east"]?.inputs["account"], {
      apiUrl: "http://127.0.0.1:8100/eastdeve3d3bee9/api/",
      tokenUrl: "http://127.0.0.1:8100/t/oauth2/token",
      accountName: "c",
      accountKey: "s3cret",
      resource: "https://rest.media.azure.net",
    });
    assert.deepEqual(jobs["big-buck-bunny-east"].secrets, ["account.accountKey"]);
    assert.equal(deployment.outputs["watchPage"], null);
  });
});

describe("A configuration with a mistake", function () {
  this.timeout(patienceMs);

  for (const { why, config, message } of [
    {
      why: "one data center only",
      config: { dataCenters: dataCenters.slice(0, 1) },
      message: /twinstream:dataCenters: has 1; allowed: 2 to 5/,
    },
    {
      why: "a file that is not there",
      config: { videos: [{ name: "x", file: "samples/none.mp4" }] },
      message: /twinstream:videos\[0\]\.file: there is no file "samples\/none\.mp4"/,
    },
    {
      why: "a folder in a file's place",
      config: { videos: [{ name: "x", file: "samples" }] },
      message: /twinstream:videos\[0\]\.file: there is no file "samples"/,
    },
    {
      why: "the retired service",
      config: {
        mediaServices: "azure",
        servicePrincipal: { tenantId: "t", clientId: "c", clientSecret: "s" },
      },
      message:
        /Microsoft retired Azure Media Services on 2024-06-30.*set mediaServices to "self-hosted"/,
    },
    {
      why: "a key that nothing reads",
      config: { primry: "east" },
      message: /twinstream:primry: is not known/,
    },
  ]) {
    it(`declares nothing: ${why}`, async () => {
      await assert.rejects(run(config), message);
    });
  }
});
