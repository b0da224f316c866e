import { strict as assert } from "node:assert";
import { after, before, describe, it } from "mocha";
import { chromiumPath } from "../../support/browser";
import type { PlayerReport, ShownCue, Viewer } from "../../support/player";
import { encodeLongVideo, hasFfmpeg, putAssets } from "./media-fixture";
import { PlayerStage } from "./player-stage";
import { CONTAINER, LOCATOR, startOrigin, type TestOrigin } from "./test-origin";

const PLAYERS = [
  { player: "hls", formats: ["m3u8-cmaf", "m3u8-aapl", "m3u8-aapl-v3"] },
  { player: "dash", formats: ["mpd-time-cmaf", "mpd-time-csf"] },
  { player: "shaka", formats: ["m3u8-cmaf", "m3u8-aapl", "mpd-time-cmaf", "mpd-time-csf"] },
] as const;

/** Segments of text begin each 30 s: one cue is shown over such a boundary. */
const CUES: Readonly<Record<string, readonly ShownCue[]>> = {
  en: [
    { text: "Hello & bye", start: 1.25, end: 3 },
    { text: "over the boundary", start: 29, end: 31.5 },
    { text: "near the end", start: 36, end: 38 },
  ],
  de: [
    { text: "Hallo & tschüß", start: 1.5, end: 3.25 },
    { text: "über die Grenze", start: 29.5, end: 32 },
    { text: "gegen Ende", start: 36.5, end: 38.5 },
  ],
};
/** A time at which neither language says anything. */
const SILENT_SECONDS = 20;

describe("players show subtitles", function () {
  this.timeout(120_000);
  let stage: PlayerStage;

  before(async function () {
    const path = chromiumPath();
    if (!hasFfmpeg() || path === undefined) {
      process.stdout.write("    no FFmpeg or no Chromium: subtitles are not shown here\n");
      this.skip();
    }
    const origin = await startOrigin();
    putAssets(origin.blobs, CONTAINER, await encodeLongVideo());
    putTexts(origin);
    stage = await PlayerStage.open(origin, path);
  });
  after(async () => {
    await (stage as PlayerStage | undefined)?.[Symbol.asyncDispose]();
  });

  for (const { player, formats } of PLAYERS) {
    it(`${player} with ${formats.join(", ")}: by language and name, each at its time`, async () => {
      await Promise.all(
        formats.map(async (format) => {
          const manifest = `${stage.host}/${LOCATOR}/texts.ism/manifest(format=${format})`;
          const viewer = await stage.page.play(player, manifest);
          await watch(viewer);
          await viewer.close();
        }),
      );
    });
  }
});

/** Looks at what is offered, then reads all of it. */
async function watch(viewer: Viewer): Promise<void> {
  await viewer.until(({ time }) => time > 0.1, 40, "playing");

  assert.deepEqual(await viewer.texts(), [
    { language: "en", name: "English (CC)" },
    { language: "de", name: "Deutsch" },
  ]);
  for (const language of ["en", "de"]) await watchLanguage(viewer, language);
  assert.deepEqual((await viewer.report()).errors, []);
  const failed = viewer.segments.filter(({ status }) => status !== 200 && status !== 206);
  assert.deepEqual(failed, []);
}

/** Goes to each cue of a language, and watches the last one to its end. */
async function watchLanguage(viewer: Viewer, language: string): Promise<void> {
  await viewer.chooseText(language);
  for (const cue of CUES[language] ?? []) {
    await viewer.seek(SILENT_SECONDS);
    await viewer.until(({ seeking, cues }) => !seeking && cues.length === 0, 40, "silent");
    const { cues, time } = await goTo(viewer, cue);

    assert.deepEqual(cues.map(rounded), [cue]);
    assert(time > cue.start - 0.3 && time < cue.end + 0.3, `'${cue.text}' is shown at ${time}`);
  }
  const end = CUES[language]?.at(-1)?.end ?? 0;
  await viewer.until(({ time, cues }) => time > end && cues.length === 0, 40, "past the cue");
}

/**
 * Plays until a cue is shown. A player that plays on while it still loads the text misses it, and goes
 * back. All play meanwhile: dash.js hands no cues to the browser while it stands still.
 */
async function goTo(viewer: Viewer, { text, start, end }: ShownCue): Promise<PlayerReport> {
  for (let tries = 0; tries < 5; tries++) {
    await viewer.seek(start - 0.4);
    const report = await viewer.until(
      ({ seeking, time, cues }) => cues.length > 0 || (!seeking && time > end),
      40,
      `at '${text}'`,
    );
    if (report.cues.length > 0) return report;
  }
  throw new Error(`${viewer.player} does not show '${text}'`);
}

/** Clocks of 90 kHz and of floating point are off by a hair. */
function rounded({ text, start, end }: ShownCue): ShownCue {
  const hundredths = (seconds: number): number => Math.round(seconds * 100) / 100;
  return { text, start: hundredths(start), end: hundredths(end) };
}

/** Adds subtitles to the video: English as WebVTT; German as TTML that tells its language itself. */
function putTexts({ blobs }: TestOrigin): void {
  const escaped = (text: string): string => text.replace("&", "&amp;");
  const clock = (seconds: number): string => `00:00:${seconds.toFixed(3).padStart(6, "0")}`;
  const english = (CUES["en"] ?? []).map(
    ({ text, start, end }) =>
      `${clock(start)} --> ${clock(end)}\n${escaped(text).replace("bye", "<i>bye</i>")}`,
  );
  blobs.put(CONTAINER, "texts_en.vtt", ["WEBVTT", ...english].join("\n\n"));
  const german = (CUES["de"] ?? []).map(
    ({ text, start, end }) => `<p begin="${start}s" end="${end}s">${escaped(text)}</p>`,
  );
  blobs.put(
    CONTAINER,
    "texts_de.ttml",
    `<tt xmlns="http://www.w3.org/ns/ttml" xml:lang="de"><body><div>${german.join("")}</div></body></tt>`,
  );
  blobs.put(
    CONTAINER,
    "texts.ism",
    `<smil><body><switch>
      <video src="cmaf_640x360_600.mp4" systemBitrate="600000"/>
      <video src="cmaf_320x180_200.mp4" systemBitrate="200000"/>
      <audio src="cmaf_AACAudio_128_Audio1.mp4" systemBitrate="128000" systemLanguage="eng"/>
      <textstream src="texts_en.vtt" systemLanguage="eng">
        <param name="trackName" value="English (CC)"/>
        <param name="role" value="caption"/>
      </textstream>
      <textstream src="texts_de.ttml"><param name="trackName" value="Deutsch"/></textstream>
    </switch></body></smil>`,
  );
}
