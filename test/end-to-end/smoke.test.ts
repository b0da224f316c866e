import { strict as assert } from "node:assert";
import { createHash } from "node:crypto";
import { after, before, describe, it } from "mocha";
import { LocalCloud, type StackOutputs } from "../support/local-cloud";
import { firstSegments } from "../support/streaming";

// Small on purpose: .ci/run repeats it on each supported Node.js.
describe("npm start, from nothing", function () {
  this.timeout(300_000);
  let cloud: LocalCloud;
  let outputs: StackOutputs;

  before(async () => {
    cloud = await LocalCloud.create();
    await cloud.start();
    outputs = await cloud.outputs();
  });
  after(async () => {
    await cloud[Symbol.asyncDispose]();
  });

  it("prints the relative path and the URLs on both data centers and the edge", () => {
    const [video] = outputs.videos;
    assert(video);
    assert(cloud.output.includes(video.relativePath));
    for (const host of ["east", "west", "edge"]) {
      const urls = video.urls[host];
      assert(urls);
      assert(cloud.output.includes(urls.hls), `${urls.hls} is not in what was printed`);
      assert(cloud.output.includes(urls.dash), `${urls.dash} is not in what was printed`);
    }
  });

  it("gives every host the same path, to the letter", () => {
    for (const { urls, relativePath } of outputs.videos) {
      for (const format of ["hls", "dash"] as const) {
        const paths = Object.values(urls).map((url) =>
          url[format].replace(/^https?:\/\/[^/]+/, ""),
        );
        assert.deepEqual([...new Set(paths)].length, 1, paths.join("\n"));
        assert(paths[0]?.startsWith(`${relativePath}/manifest`));
      }
    }
  });

  it("plays the same bytes from both data centers and the edge", async () => {
    const [video] = outputs.videos;
    assert(video);
    const digests = new Map<string, string>();
    for (const host of ["east", "west", "edge"]) {
      const segments = await firstSegments(video.urls[host]?.hls ?? "");
      assert(segments.length >= 2, `${host} has ${segments.length} tracks`);
      const hash = createHash("sha256");
      for (const { bytes } of segments) hash.update(bytes);
      digests.set(host, hash.digest("hex"));
    }
    assert.equal(new Set(digests.values()).size, 1, JSON.stringify([...digests]));
  });
});
