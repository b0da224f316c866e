import { strict as assert } from "node:assert";
import { createHash } from "node:crypto";
import { after, before, describe, it } from "mocha";
import { type Azurite, startAzurite } from "../support/azurite";
import { LocalCloud, type StackOutputs } from "../support/local-cloud";
import { startMediaService, type TestMediaService } from "../support/media-service";
import { firstSegments } from "../support/streaming";

// The accounts run on their own: the stack declares nothing but what stands before them.
describe("a stack over accounts that are there already", function () {
  this.timeout(600_000);
  const names = ["east", "west"] as const;
  let stores: Azurite[];
  let services: TestMediaService[];
  let cloud: LocalCloud;
  let outputs: StackOutputs;

  const accountsOf = (found: TestMediaService[]): Record<string, object> =>
    Object.fromEntries(
      found.map(({ apiUrl, accountName, accountKey, port }, index) => [
        names[index] ?? "",
        { apiUrl, accountName, accountKey, streamingHost: `127.0.0.1:${port}` },
      ]),
    );

  const configOf = (accounts: object) => ({
    mediaServices: "existing",
    accounts,
    videos: [{ name: "tiny clip", file: "test/fixtures/tiny-clip.mp4" }],
    image: undefined,
    watchPage: undefined,
  });

  before(async () => {
    stores = await Promise.all(names.map((name) => startAzurite({ accountName: `${name}store` })));
    services = await Promise.all(
      stores.map((storage, index) =>
        startMediaService({ storage, accountName: `${names[index]}media` }),
      ),
    );
    cloud = await LocalCloud.create({ config: configOf(accountsOf(services)) });
    await cloud.start(480);
    outputs = await cloud.outputs();
  });
  after(async () => {
    await cloud[Symbol.asyncDispose]();
    for (const service of services) await service.stop();
    for (const store of stores) await store.stop();
  });

  it("plays the same bytes from both accounts and the edge, under one path", async () => {
    const [video] = outputs.videos;
    assert(video);
    const digests = new Set<string>();
    for (const host of [...names, "edge"]) {
      const url = video.urls[host]?.hls ?? "";
      assert(new URL(url).pathname.startsWith(`${video.relativePath}/manifest`));
      const hash = createHash("sha256");
      for (const { bytes } of await firstSegments(url)) hash.update(bytes);
      digests.add(hash.digest("hex"));
    }
    assert.equal(digests.size, 1);
    assert.deepEqual(
      Object.values(outputs.origins),
      services.map(({ port }) => `127.0.0.1:${port}`),
    );
  });

  it("says in the preview, by its key, which account can't be used any more", async () => {
    const [, west] = services;
    const accounts = accountsOf(services);
    const wrong = { ...accounts["west"], accountKey: "d3Jvbmc=" };
    await cloud.configure(configOf({ ...accounts, west: wrong }));

    const { status, output } = await cloud.pulumi("preview");

    assert.notEqual(status, 0, output);
    assert.match(output, /twinstream:accounts\.west\.accountKey: Getting a token for/);
    assert(!output.includes(west?.accountKey ?? "?"));
  });
});
