import { strict as assert } from "node:assert";
import { after, before, describe, it } from "mocha";
import { STREAMING_FORMATS } from "../../../media-service/origin/streaming-format";
import { chromiumPath } from "../../support/browser";
import type { PlayerName, Viewer } from "../../support/player";
import {
  CMAF_OUTPUTS,
  encode,
  FIXTURE_SECONDS,
  hasFfmpeg,
  PROGRESSIVE_OUTPUTS,
  putAssets,
} from "./media-fixture";
import { PlayerStage } from "./player-stage";
import { CONTAINER, LOCATOR, startOrigin } from "./test-origin";

/** Formats whose key frames Shaka winds by; of those in MPEG-TS it makes nothing, or not always. */
const WITH_KEY_FRAMES = ["m3u8-cmaf", "mpd-time-cmaf"];
/** Who plays what. Shaka has no Smooth Streaming, and a browser by itself plays HLS alone. */
const PLAYERS: readonly { player: PlayerName; protocols: readonly string[] }[] = [
  { player: "hls", protocols: ["hls"] },
  { player: "native", protocols: ["hls"] },
  { player: "dash", protocols: ["dash", "smooth"] },
  { player: "shaka", protocols: ["hls", "dash"] },
];
/** Bit rates of the qualities of the first asset. */
const RATES = ["600000", "200000"];
const SEEK_SECONDS = 5.2;

describe("players play every format", function () {
  this.timeout(120_000);
  let stage: PlayerStage;

  before(async function () {
    const path = chromiumPath();
    if (!hasFfmpeg() || path === undefined) {
      process.stdout.write("    no FFmpeg or no Chromium: formats are not played here\n");
      this.skip();
    }
    const origin = await startOrigin();
    const files = await encode({ ...CMAF_OUTPUTS, ...PROGRESSIVE_OUTPUTS });
    putAssets(origin.blobs, CONTAINER, files);
    stage = await PlayerStage.open(origin, path);
  });
  after(async () => {
    await (stage as PlayerStage | undefined)?.[Symbol.asyncDispose]();
  });

  function manifest(asset: string, format: string): string {
    const named = format === "" ? "" : `(format=${format})`;
    return `${stage.host}/${LOCATOR}/${asset}.ism/manifest${named}`;
  }

  for (const { player, protocols } of PLAYERS) {
    for (const protocol of protocols) {
      const formats = STREAMING_FORMATS.filter((format) => format.protocol === protocol);
      const names = formats.map(({ name, title }) => name || title).join(", ");
      it(`${player} plays ${names}: in all qualities, after a seek, to the end`, async () => {
        await Promise.all(
          formats.flatMap(({ name }) =>
            ["cmaf", "plain"].map(async (asset) => {
              const viewer = await stage.page.play(player, manifest(asset, name));
              await watch(viewer, { asset, chooses: player !== "native" });
              await viewer.close();
            }),
          ),
        );
      });
    }
  }

  it(`shaka winds through ${WITH_KEY_FRAMES.join(", ")} by key frames alone`, async () => {
    await Promise.all(
      WITH_KEY_FRAMES.map(async (format) => {
        const viewer = await stage.page.play("shaka", manifest("cmaf", format), { ahead: 2 });
        await wind(viewer);
        await viewer.close();
      }),
    );
  });
});

/** Watches at four times the speed, from the beginning to the end. */
async function wind(viewer: Viewer): Promise<void> {
  await viewer.until(({ time }) => time > 0.3, 40, "moving on");
  await viewer.wind(4);
  const { errors } = await viewer.until(({ ended }) => ended, 40, "ended");

  assert.deepEqual(errors, []);
  const keyFrames = viewer.segments.filter(({ url }) => url.includes("keyframes"));
  assert(keyFrames.length > 0, "key frames were asked for");
  assert(keyFrames.every(({ status }) => status === 200));
}

/** Watches in each quality, then goes to another time and stays until the end. */
async function watch(
  viewer: Viewer,
  { asset, chooses }: { asset: string; chooses: boolean },
): Promise<void> {
  const moving = (from: number): Promise<unknown> =>
    viewer.until(({ time }) => time > from + 0.3, 40, `moving on from ${from}`);
  await moving(0);
  const rungs = chooses ? await viewer.rungs() : 0;
  if (chooses) assert.equal(rungs, asset === "cmaf" ? RATES.length : 1);
  for (let rung = 0; rung < rungs; rung++) {
    await viewer.choose(rung);
    await moving((await viewer.report()).time);
  }
  await viewer.seek(SEEK_SECONDS);
  await moving(SEEK_SECONDS);
  const { errors, time } = await viewer.until(({ ended }) => ended, 40, "ended");

  assert.deepEqual(errors, []);
  assert(Math.abs(time - FIXTURE_SECONDS) < 0.2, `ended at ${time}`);
  const failed = viewer.segments.filter(({ status }) => status !== 200 && status !== 206);
  assert.deepEqual(failed, []);
  assert(viewer.segments.every(({ dataCenter }) => dataCenter === "east"));
  if (!chooses || asset !== "cmaf") return;
  for (const rate of RATES) {
    const played = viewer.segments.some(({ url }) =>
      decodeURIComponent(url).includes(`QualityLevels(${rate})/Fragments(video=`),
    );
    assert(played, `a segment of ${rate} was played`);
  }
}
