import { strict as assert } from "node:assert";
import { createHash } from "node:crypto";
import { after, before, describe, it } from "mocha";
import { initSegment } from "../../../media-service/packaging/init-segment";
import { mediaSegment } from "../../../media-service/packaging/media-segment";
import type { TrackIndex } from "../../../media-service/packaging/track-index";
import { hasEncoder, hasFfmpeg } from "../origin/media-fixture";
import { sayHighEfficiency, trimEnd, turnUpright } from "./changed-files";
import { assertEveryForm } from "./every-form";
import { FilmFolder } from "./made-by-ffmpeg";
import { assertContinuous, play, tracksOf } from "./played";
import type { PlayedSample } from "./read-segment";

/** A file as people upload it. */
interface Source {
  readonly what: string;
  readonly args: readonly string[];
  /** `codecs` parameters of its tracks, in order. */
  readonly codecs: readonly (string | RegExp)[];
  readonly needs?: string;
  /** What another program has done to the file that FFmpeg wrote. */
  readonly change?: (file: Buffer) => void;
  /**
   * How much too late FFmpeg's own reader has the pictures, in seconds: in fragments with negative
   * composition offsets it moves all of them so far that decode times begin at 0.
   */
  readonly readerIsLate?: number;
}

const AVC = /^avc1\.[0-9a-f]{6}$/;
const AAC = "mp4a.40.2";
const BOTH = ["-map", "0:v", "-map", "1:a"];
const H264 = [
  ...["-c:v", "libx264", "-preset", "ultrafast", "-bf", "2", "-b_strategy", "0"],
  ...["-g", "50", "-sc_threshold", "0", "-pix_fmt", "yuv420p"],
];
const SOUND = ["-c:a", "aac", "-b:a", "48k"];
/** Sound from another input, whose clock is set apart. */
const late = (seconds: string): string[] => [
  ...["-itsoffset", seconds, "-f", "lavfi"],
  ...["-i", "sine=frequency=550:sample_rate=48000:duration=5"],
];
const fragmented = (flags: string, ...more: string[]): string[] => [
  ...BOTH,
  ...H264,
  ...SOUND,
  ...["-movflags", flags],
  ...more,
];
const hevc = (tag: string): string[] => [
  ...["-map", "0:v", "-c:v", "libx265", "-preset", "ultrafast", "-tag:v", tag],
  ...["-x265-params", "open-gop=1:keyint=50:min-keyint=50:scenecut=0:bframes=3:log-level=none"],
  ...["-pix_fmt", "yuv420p"],
];

const SOURCES: readonly Source[] = [
  { what: "an index at the back", args: [...BOTH, ...H264, ...SOUND], codecs: [AVC, AAC] },
  {
    what: "an index in front and 29.97 frames a second",
    args: [...BOTH, "-r", "30000/1001", ...H264, ...SOUND, "-movflags", "+faststart"],
    codecs: [AVC, AAC],
  },
  { what: "no sound", args: ["-map", "0:v", ...H264], codecs: [AVC] },
  { what: "sound alone", args: ["-map", "1:a", ...SOUND], codecs: [AAC] },
  {
    what: "a variable frame rate",
    args: [
      ...BOTH,
      ...["-vf", "select='lt(mod(n,7),2)+eq(mod(n,10),9)'", "-fps_mode", "vfr"],
      ...H264,
      ...["-g", "9"],
      ...SOUND,
    ],
    codecs: [AVC, AAC],
  },
  {
    what: "sound that begins 0.7 s late",
    args: [...late("0.7"), "-map", "0:v", "-map", "3:a", ...H264, ...SOUND],
    codecs: [AVC, AAC],
  },
  {
    what: "sound whose first 0.7 s are not heard",
    args: [...late("-0.7"), "-map", "0:v", "-map", "3:a", ...H264, ...SOUND],
    codecs: [AVC, AAC],
  },
  {
    what: "an edit list that trims the end",
    args: fragmented("+faststart"),
    codecs: [AVC, AAC],
    change: (file) => {
      trimEnd(file, 3210);
    },
  },
  {
    what: "a picture that is turned by its matrix",
    args: [...BOTH, ...H264, ...SOUND],
    codecs: [AVC, AAC],
    change: turnUpright,
  },
  {
    what: "AAC that says that it is HE-AAC",
    args: ["-map", "1:a", ...SOUND, "-ar", "24000"],
    codecs: ["mp4a.40.5"],
    change: sayHighEfficiency,
  },
  {
    what: "negative composition offsets",
    args: fragmented("+negative_cts_offsets"),
    codecs: [AVC, AAC],
  },
  {
    what: "fragments that count from the file's start, listed in mfra",
    args: fragmented("+frag_keyframe+empty_moov"),
    codecs: [AVC, AAC],
  },
  {
    what: "fragments without any list",
    args: fragmented("+frag_keyframe+empty_moov+default_base_moof+skip_trailer"),
    codecs: [AVC, AAC],
  },
  {
    what: "fragments of one track each, with edit lists",
    args: fragmented("+frag_keyframe+delay_moov+separate_moof"),
    codecs: [AVC, AAC],
  },
  {
    what: "fragments with an index each",
    args: fragmented("+frag_keyframe+delay_moov+dash"),
    codecs: [AVC, AAC],
  },
  {
    what: "fragments with one index for two tracks",
    args: fragmented("+frag_keyframe+cmaf+delay_moov+global_sidx"),
    codecs: [AVC, AAC],
    readerIsLate: 0.04,
  },
  {
    what: "fragments of a fifth of a second",
    args: fragmented("+empty_moov+default_base_moof", "-frag_duration", "200000"),
    codecs: [AVC, AAC],
  },
  {
    what: "HEVC with open groups, hvc1",
    args: hevc("hvc1"),
    codecs: [/^hvc1\.1\.6\.L30\./],
    needs: "libx265",
  },
  {
    what: "HEVC with open groups, hev1",
    args: hevc("hev1"),
    codecs: [/^hev1\.1\.6\.L30\./],
    needs: "libx265",
  },
  {
    what: "AV1 and Opus",
    args: [
      ...BOTH,
      "-c:v",
      "libsvtav1",
      "-preset",
      "12",
      "-g",
      "50",
      "-pix_fmt",
      "yuv420p",
      "-c:a",
      "libopus",
    ],
    codecs: ["av01.0.00M.08", "opus"],
    needs: "libsvtav1",
  },
  {
    what: "VP9 and FLAC",
    args: [
      ...[...BOTH, "-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8", "-g", "50"],
      ...["-pix_fmt", "yuv420p", "-c:a", "flac", "-strict", "experimental"],
    ],
    codecs: ["vp09.00.10.08", "flac"],
    needs: "libvpx-vp9",
  },
  {
    what: "several sounds: AAC of 5.1, AC-3 and E-AC-3",
    args: [
      ...["-map", "0:v", "-map", "1:a", "-map", "2:a", "-map", "1:a", ...H264],
      ...["-c:a:0", "aac", "-ac:a:0", "6", "-c:a:1", "ac3", "-ac:a:1", "6", "-c:a:2", "eac3"],
      ...["-ac:a:2", "2"],
    ],
    codecs: [AVC, AAC, "ac-3", "ec-3"],
  },
];

/** How many forms beside CMAF know the codec of the first track. */
function formsOf([first]: readonly TrackIndex[]): number {
  return /^(?:av01|vp09)/.test(first?.header.entry.codec ?? "") ? 0 : 4;
}

describe("segments of files that FFmpeg wrote", function () {
  this.timeout(60_000);
  let folder: FilmFolder;

  before(function () {
    if (!hasFfmpeg()) {
      console.log("      there is no ffmpeg here: no source is made");
      this.skip();
    }
    folder = new FilmFolder();
  });
  after(() => {
    (folder as FilmFolder | undefined)?.[Symbol.dispose]();
  });

  /** Writes what a player gets of a track, one segment after the other, as a file. */
  function putPlayed(name: string, source: Buffer, track: TrackIndex): void {
    const segments = track.segments.map(({ offset, sizeBytes }, index) =>
      mediaSegment(track, index, source.subarray(offset, offset + sizeBytes)),
    );
    folder.put(name, Buffer.concat([initSegment(track), ...segments]));
  }

  /** Compares what is played with the source's packets; FFmpeg's reader has applied the edit list. */
  async function assertSamePackets(
    { file, stream, lateSeconds }: { file: string; stream: string; lateSeconds: number },
    played: readonly PlayedSample[],
    timescale: number,
  ): Promise<void> {
    const source = await folder.packets(file, stream);
    const skipped = source.length - played.length;
    assert(skipped >= 0 && skipped <= (stream.startsWith("a") ? 3 : 0), `${skipped} are missing`);
    for (const [index, { bytes, presentationTime, sync }] of played.entries()) {
      const told = source[index + skipped];
      assert(told);
      const time = presentationTime / timescale + lateSeconds;
      assert.equal(`MD5:${createHash("md5").update(bytes).digest("hex")}`, told.hash);
      assert(Math.abs(time - told.time) < 0.001, `packet ${index} at ${time}, not ${told.time}`);
      assert.equal(sync, told.isKey, `whether packet ${index} is a key frame`);
    }
  }

  for (const [index, one] of SOURCES.entries()) {
    const { what, args, codecs, needs, change, readerIsLate = 0 } = one;
    it(`hold every packet at its time: ${what}`, async function () {
      if (needs !== undefined && !hasEncoder(needs)) {
        console.log(`      this ffmpeg has no ${needs}`);
        this.skip();
      }
      const file = `source-${index}.mp4`;
      const source = await folder.make(file, args);
      change?.(source);
      folder.put(file, source);
      const tracks = await tracksOf(source);
      assert.equal(tracks.length, codecs.length);
      assert.equal(await assertEveryForm(source), formsOf(tracks));
      let sounds = 0;
      for (const [at, track] of tracks.entries()) {
        assert.match(track.header.entry.codec, new RegExp(codecs[at] ?? ""));
        const isSound = track.header.kind === "audio";
        const stream = isSound ? `a:${sounds++}` : "v:0";
        const played = play(source, track);
        assertContinuous(track, played);
        assert(track.segments.length >= 2);
        const lateSeconds = isSound ? 0 : readerIsLate;
        await assertSamePackets(
          { file, stream, lateSeconds },
          played.flat(),
          track.header.timescale,
        );
        if (isSound) continue;
        putPlayed("played.mp4", source, track);
        assert.deepEqual(
          await folder.decoded("played.mp4", "v:0"),
          await folder.decoded(file, stream),
        );
      }
    });
  }
});
