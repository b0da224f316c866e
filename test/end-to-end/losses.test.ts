import { strict as assert } from "node:assert";
import { readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { after, before, describe, it } from "mocha";
import { LocalCloud } from "../support/local-cloud";
import { firstSegments } from "../support/streaming";

const clip = { name: "clip", file: "test/fixtures/tiny-clip.mp4" };

describe("what was lost", function () {
  this.timeout(480_000);
  let cloud: LocalCloud;
  let path: string;

  before(async () => {
    cloud = await LocalCloud.create({ config: { videos: [clip] } });
    await cloud.start();
    path = (await cloud.outputs()).videos[0]?.relativePath ?? "";
  });
  after(async () => {
    await (cloud as LocalCloud | undefined)?.[Symbol.asyncDispose]();
  });

  it("is a store: filled again under the path that viewers know", async () => {
    await cloud.stop();
    const stores = join(cloud.home, "cloud", "stores");
    const east = (await readdir(stores)).find((name) => name.startsWith("east"));
    assert(east);
    await rm(join(stores, east), { recursive: true });
    await cloud.configure({ videos: [{ ...clip, locatorId: path.split("/")[1] }] });
    await cloud.start();

    const refreshed = await cloud.pulumi("refresh", "--yes");
    assert.match(refreshed.output, /StreamingLocator +clip-east +delete/);
    await firstSegments((await cloud.outputs()).videos[0]?.urls["edge"]?.hls ?? "");
    const up = await cloud.pulumi("up", "--yes", "--skip-preview");
    assert.equal(up.status, 0, up.output);

    const [video] = (await cloud.outputs()).videos;
    assert.equal(video?.relativePath, path);
    for (const { hls } of Object.values(video.urls)) await firstSegments(hls);
    const { status, output } = await cloud.pulumi("preview", "--expect-no-changes");
    assert.equal(status, 0, output);
  });

  it("is the state of the stack: read back from an export", async () => {
    const backup = join(cloud.home, "backup.json");
    const exported = await cloud.pulumi("stack", "export", "--file", backup);
    assert.equal(exported.status, 0, exported.output);
    await rename(join(cloud.home, "state"), join(cloud.home, "lost-state"));

    const begun = await cloud.pulumi("stack", "init", "dev");
    assert.equal(begun.status, 0, begun.output);
    const imported = await cloud.pulumi("stack", "import", "--file", backup);
    assert.equal(imported.status, 0, imported.output);
    const { status, output } = await cloud.pulumi("preview", "--expect-no-changes");
    assert.equal(status, 0, output);
  });
});
