import { strict as assert } from "node:assert";
import * as path from "node:path";
import { describe, it } from "mocha";
import { operations as encodingJob } from "../../dynamic-providers/operations/encoding-job";
import { operations as mezzanineAsset } from "../../dynamic-providers/operations/mezzanine-asset";
import {
  type ResourceOperations,
  UNKNOWN,
} from "../../dynamic-providers/operations/resource-operations";
import { operations as streamingLocator } from "../../dynamic-providers/operations/streaming-locator";

type Bag = Record<string, unknown>;

const DAY_MS = 86_400_000;
const CLIP = path.resolve(__dirname, "../fixtures/tiny-clip.mp4");
const account = {
  apiUrl: "http://127.0.0.1:1/api/",
  tokenUrl: "http://127.0.0.1:1/v2/OAuth2-13",
  accountName: "east",
  accountKey: "key",
};

function inDays(days: number): string {
  return new Date(Date.now() + days * DAY_MS).toISOString();
}

async function verdict(
  operations: unknown,
  olds: Bag,
  news: Bag,
): Promise<"same" | "update" | string[]> {
  const resource = operations as ResourceOperations<Bag, Bag>;
  const { changes, replaces = [] } = await resource.diff("id", olds, news);
  if (replaces.length > 0) return replaces;
  return changes ? "update" : "same";
}

describe("a streaming locator's difference", () => {
  const inputs = { account, assetId: "a", accessPolicyId: "p", ismFileName: "a.ism", version: 1 };
  const first = {
    ...inputs,
    locatorId: "nb:lid:UUID:1",
    startTime: inDays(-1),
    expirationDateTime: inDays(60),
  };
  const soon = inDays(5);
  const follower = {
    locatorId: first.locatorId,
    startTime: first.startTime,
    expirationDateTime: first.expirationDateTime,
  };

  for (const { why, olds, news, expected } of [
    { why: "none while it lasts long enough", olds: first, news: inputs, expected: "same" },
    {
      why: "an update when it lapses within 14 days",
      olds: { ...first, expirationDateTime: inDays(13.9) },
      news: inputs,
      expected: "update",
    },
    {
      why: "none when it lapses within 15 days",
      olds: { ...first, expirationDateTime: inDays(14.1) },
      news: inputs,
      expected: "same",
    },
    {
      why: "an update when it lapses within the days that are asked for",
      olds: { ...first, expirationDateTime: inDays(20), renewBeforeDays: 30 },
      news: { ...inputs, renewBeforeDays: 30 },
      expected: "update",
    },
    {
      why: "none when it follows another one that lapses soon",
      olds: { ...first, expirationDateTime: soon },
      news: { ...inputs, ...follower, expirationDateTime: soon },
      expected: "same",
    },
    {
      why: "an update when the one that it follows was renewed",
      olds: first,
      news: { ...inputs, ...follower, expirationDateTime: inDays(90) },
      expected: "update",
    },
    {
      why: "an update while the one that it follows may be renewed",
      olds: first,
      news: {
        ...inputs,
        locatorId: UNKNOWN,
        startTime: UNKNOWN,
        expirationDateTime: UNKNOWN,
      },
      expected: "update",
    },
    {
      why: "an update for another policy, which keeps the path",
      olds: first,
      news: { ...inputs, accessPolicyId: UNKNOWN },
      expected: "update",
    },
    {
      why: "a replacement for another asset",
      olds: first,
      news: { ...inputs, assetId: UNKNOWN },
      expected: ["assetId"],
    },
    {
      why: "a replacement for another id",
      olds: first,
      news: { ...inputs, ...follower, locatorId: "nb:lid:UUID:2" },
      expected: ["locatorId"],
    },
    {
      why: "none when only the form of a date is another",
      olds: first,
      news: { ...inputs, ...follower, startTime: first.startTime.replace("Z", "0000+00:00") },
      expected: "same",
    },
  ]) {
    it(`is ${why}`, async () => {
      assert.deepEqual(await verdict(streamingLocator, olds, news), expected);
    });
  }

  it("lets the old one go first when both would have the same id", async () => {
    const news = { ...inputs, ...follower, assetId: "b" };
    const diff = await streamingLocator.diff(
      "id",
      { ...first, locatorGuid: "1", path: "", relativePath: "" },
      news,
    );
    assert.deepEqual(diff, { changes: true, replaces: ["assetId"], deleteBeforeReplace: true });
  });
});

describe("an encoding's difference", () => {
  const inputs = {
    account,
    name: "dev-a",
    inputAssetId: "a",
    inputSha256: "s",
    preset: "Adaptive Streaming",
    outputAssetName: "dev-a-encoded",
    version: 1,
  };
  const outs = { ...inputs, jobId: "j", ismFileName: "a.ism" };

  for (const { why, news, expected } of [
    { why: "none for the same content", news: inputs, expected: "same" },
    {
      why: "no new encoding when the same content is in another asset",
      news: { ...inputs, inputAssetId: UNKNOWN },
      expected: "update",
    },
    {
      why: "a replacement for another content",
      news: { ...inputs, inputSha256: "t" },
      expected: ["inputSha256"],
    },
    {
      why: "an update when the account's key was rotated",
      news: { ...inputs, account: { ...account, accountKey: UNKNOWN } },
      expected: "update",
    },
  ]) {
    it(`is ${why}`, async () => {
      assert.deepEqual(await verdict(encodingJob, outs, news), expected);
    });
  }

  it("is an update while the job was not finished", async () => {
    assert.equal(await verdict(encodingJob, { ...outs, ismFileName: "" }, inputs), "update");
  });
});

describe("a mezzanine's difference", () => {
  it("follows from the file's content, which the check reads, and from its name", async () => {
    const given = { account, name: "dev-a", file: CLIP, version: 1 };
    const { inputs } = await mezzanineAsset.check({}, given);
    const outs = { ...inputs, assetFileId: "f", fileName: "tiny-clip.mp4" };
    assert.equal(inputs.sizeBytes, 59_083);
    assert.equal(await verdict(mezzanineAsset, outs, { ...inputs }), "same");
    const moved = { ...inputs, file: `./elsewhere/../${path.basename(CLIP)}` };
    assert.equal(await verdict(mezzanineAsset, outs, moved), "same");
    const renamed = { ...inputs, file: "other.mp4" };
    assert.equal(await verdict(mezzanineAsset, outs, renamed), "same");
    const changed = { ...inputs, contentSha256: "another" };
    assert.deepEqual(await verdict(mezzanineAsset, outs, changed), ["contentSha256"]);
  });
});
