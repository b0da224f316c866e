import { strict as assert } from "node:assert";
import { fork } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, before, beforeEach, describe, it } from "mocha";
import pino from "pino";
import { ConflictError } from "../../../media-service/domain/errors";
import { bufferSource } from "../../../media-service/packaging/byte-source";
import { readMovieIndex } from "../../../media-service/packaging/movie-index";
import { parseServerManifest } from "../../../media-service/packaging/server-manifest";
import type { TrackIndex } from "../../../media-service/packaging/track-index";
import type { TaskRun } from "../../../media-service/ports/job-runs";
import {
  EncodeWorker,
  type EncoderConfig,
  type WorkerLimits,
} from "../../../media-service/worker/encode-worker";
import { chooseEncoder } from "../../../media-service/worker/encoders/choose-encoder";
import { MemoryBlobStore } from "./memory-blob-store";
import { MemoryJobQueue, MemoryJobRuns } from "./memory-job-store";
import { childProcesses, processEnds } from "./processes";
import { SAMPLE, testMediaBytes } from "./test-media";

const TASK: TaskRun = {
  taskId: "task",
  configuration: "Adaptive Streaming",
  processorName: "Media Encoder Standard",
  input: { container: "in", blob: "film.mp4" },
  outputContainer: "out",
};

/** An encoded track as a player sees it. */
interface Seen {
  readonly name: string;
  readonly track: TrackIndex;
}

/** The best picture comes first, sound last. */
function order(name: string): number {
  return -Number(/_(\d+)x/.exec(name)?.[1] ?? 0);
}

for (const kind of ["ffmpeg", "node-av"] as const) {
  describe(`EncodeWorker with ${kind}`, function () {
    this.timeout(60_000);
    let scratchDir: string;
    let blobs: MemoryBlobStore;
    let queue: MemoryJobQueue;
    let runs: MemoryJobRuns;

    before(async function () {
      const config: EncoderConfig = { kind: "auto" };
      const { encoder, whyNotFfmpeg } = await chooseEncoder(config, new AbortController().signal);
      if (kind === "ffmpeg" && encoder.name !== "ffmpeg") {
        console.log(`      no usable ffmpeg on this machine: ${whyNotFfmpeg ?? ""}`);
        this.skip();
      }
      await testMediaBytes("plain");
    });
    beforeEach(async () => {
      scratchDir = await mkdtemp(path.join(tmpdir(), "twinstream-worker-"));
      blobs = new MemoryBlobStore();
      queue = new MemoryJobQueue();
      runs = new MemoryJobRuns(TASK);
    });
    afterEach(async () => {
      assert.deepEqual(await readdir(scratchDir), [], "scratch files are left");
      await rm(scratchDir, { recursive: true, force: true });
    });

    async function start(limits: Partial<WorkerLimits> = {}): Promise<EncodeWorker> {
      const worker = new EncodeWorker({
        queue,
        runs,
        blobs,
        encoder: { kind },
        clock: { now: () => new Date() },
        log: pino({ level: "silent" }),
        scratchDir,
        limits: { pollSeconds: 0.02, ...limits },
      });
      await worker.start();
      return worker;
    }

    async function withWorker(work: () => Promise<void>): Promise<void> {
      const worker = await start();
      try {
        await work();
      } finally {
        await worker[Symbol.asyncDispose]();
      }
    }

    /** Runs one job to its end. */
    async function run(input: Buffer, taken = 0): Promise<void> {
      blobs.put({ container: "in", blob: "film.mp4" }, input);
      await queue.send("job", taken);
      await withWorker(() =>
        runs.until(() => runs.events.includes("finish") || runs.failure !== undefined),
      );
    }

    async function seen(): Promise<Seen[]> {
      const names = blobs.names("out").filter((name) => name.endsWith(".mp4"));
      return Promise.all(
        names.map(async (name) => {
          const bytes = blobs.content({ container: "out", blob: name });
          const { tracks } = await readMovieIndex(bufferSource(bytes));
          assert.equal(tracks.length, 1, `${name} has one track`);
          const [track] = tracks;
          assert(track);
          return { name, track };
        }),
      );
    }

    const starts = ({ track }: Seen): number[] => track.segments.map(({ time }) => time / 1e7);
    const end = ({ track }: Seen): number => {
      const last = track.segments.at(-1);
      return last ? (last.time + last.duration) / 1e7 : 0;
    };

    it("encodes a film into the ladder, its sound and its manifests", async () => {
      await run(await testMediaBytes("plain"));

      assert.equal(runs.failure, undefined);
      assert.deepEqual(runs.events, ["start", "taskStarted", "taskCompleted", "finish"]);
      assert.deepEqual(queue.completed, ["job"]);
      assert.deepEqual(blobs.names("out"), [
        "film.ism",
        "film.ismc",
        "film_320x180_330.mp4",
        "film_480x270_620.mp4",
        "film_640x360_990.mp4",
        "film_AACAudio_128_Audio1.mp4",
        "film_manifest.json",
        "film_manifest.xml",
        "in_metadata.xml",
      ]);
      assert.equal(blobs.written.at(-1), "film.ism");

      const tracks = await seen();
      for (const one of tracks.filter(({ track }) => track.header.kind === "video")) {
        assert.deepEqual(starts(one), [0, 2]);
        assert.equal(end(one), 3);
        assert.equal(one.track.frameRate, 25);
        assert.match(one.track.header.entry.codec, /^avc1\.6400/);
      }
      const sound = tracks.find(({ track }) => track.header.kind === "audio");
      assert(sound);
      assert.ok(Math.abs(end(sound) - 3) < 0.03, `sound ends at ${end(sound)}`);
      assert.equal(sound.track.header.entry.channels, 2);
      assert.equal(sound.track.header.entry.sampleRate, 48_000);
      assert.equal(sound.track.header.language, "eng");

      const manifest = parseServerManifest(text("film.ism"));
      assert.equal(manifest.clientManifest, "film.ismc");
      assert.deepEqual(
        manifest.tracks.map(({ src, width }) => `${src} ${width ?? "-"}`),
        [
          "film_640x360_990.mp4 640",
          "film_480x270_620.mp4 480",
          "film_320x180_330.mp4 320",
          "film_AACAudio_128_Audio1.mp4 -",
        ],
      );
      assert.match(text("film.ismc"), /^<\?xml .*\n<SmoothStreamingMedia MajorVersion="2"/);
      const sizes = [...text("film_manifest.xml").matchAll(/ Name="(film_\S+)" Size="(\d+)"/g)];
      assert.deepEqual(
        sizes.map(([, name, size]) => [name, Number(size)]),
        blobs
          .names("out")
          .filter((name) => name.endsWith(".mp4"))
          .map((name) => [name, blobs.content({ container: "out", blob: name }).length])
          .sort(([a], [b]) => order(String(a)) - order(String(b))),
      );
      const input = text("in_metadata.xml");
      assert.match(input, /<AssetFile Name="film.mp4" .*Duration="PT3S" NumberOfStreams="2"/);
      assert.match(input, /FormatVerboseName="QuickTime \/ MOV"/);
      assert.match(input, /<VideoTrack Id="0" Codec="h264" TimeBase="1\/\d+" .*FourCC="avc1"/);
      assert.match(input, /<AudioTrack Id="1" Codec="aac" .*Channels="2" SamplingRate="48000"/);
    });

    const text = (blob: string): string =>
      blobs.content({ container: "out", blob }).toString("utf8");
    /** MD5 of every result by its name. */
    const contents = (): Record<string, string> =>
      Object.fromEntries(
        blobs.names("out").map((blob) => {
          const bytes = blobs.content({ container: "out", blob });
          return [blob, createHash("md5").update(bytes).digest("hex")];
        }),
      );

    it("gives each file its content type, and the same bytes to whoever does the job again", async () => {
      await run(await testMediaBytes("plain"));
      const types = new Map<string, string | undefined>();
      for await (const { name, contentType } of blobs.list("out")) {
        types.set(name.replace(/^.*(?=\.)/, ""), contentType);
      }
      const first = contents();
      assert.equal(types.get(".mp4"), "audio/mp4");
      assert.equal(types.get(".ism"), "application/smil+xml");
      assert.equal(types.get(".ismc"), "application/vnd.ms-sstr+xml");
      assert.equal(types.get(".json"), "application/json");
      assert.equal(types.get(".xml"), "application/xml");

      runs = new MemoryJobRuns(TASK);
      blobs.put({ container: "out", blob: "film_1x1_1.mp4" }, Buffer.from("of a dead worker"));
      await run(await testMediaBytes("plain"), 1);

      assert.deepEqual(contents(), first);
      assert.deepEqual(blobs.names("out"), [
        "film.ism",
        "film.ismc",
        "film_320x180_330.mp4",
        "film_480x270_620.mp4",
        "film_640x360_990.mp4",
        "film_AACAudio_128_Audio1.mp4",
        "film_manifest.json",
        "film_manifest.xml",
        "in_metadata.xml",
      ]);
    });

    it("makes stereo of one channel at 8 kHz", async () => {
      await run(await testMediaBytes("mono"));

      const sound = (await seen()).find(({ track }) => track.header.kind === "audio");
      assert(sound);
      assert.equal(sound.track.header.entry.channels, 2);
      // One AAC frame at 8 kHz lasts 0.128 s.
      assert.ok(end(sound) > 2.19 && end(sound) < 2.2 + 0.13, `sound ends at ${end(sound)}`);
    });

    it("encodes an upright film of odd sides, 29.97 frames a second and surround sound", async () => {
      await run(await testMediaBytes("odd"));

      assert.equal(runs.failure, undefined);
      const [video, sound] = await seen();
      assert(video && sound);
      assert.equal(video.name, "film_180x320_380.mp4");
      const { width, height } = video.track.header.entry;
      assert.deepEqual([width, height], [180, 320]);
      assert.deepEqual(starts(video), [0, 2.002]);
      assert.ok(Math.abs(end(video) - 3.003) < 0.0001);
      assert.equal(sound.track.header.entry.channels, 2);
      assert.equal(sound.track.header.entry.sampleRate, 48_000);
    });

    it("turns a film upright that lies on its side, and needs no sound", async () => {
      await run(await testMediaBytes("turned"));

      assert.equal(runs.failure, undefined);
      const tracks = await seen();
      assert.deepEqual(
        tracks.map(({ track: { header } }) => [
          header.kind,
          header.entry.width,
          header.entry.height,
        ]),
        [["video", 180, 320]],
      );
    });

    it("makes sound alone of a source that has no video", async () => {
      await run(await testMediaBytes("soundOnly"));

      assert.equal(runs.failure, undefined);
      assert.deepEqual(blobs.names("out"), [
        "film.ism",
        "film.ismc",
        "film_AACAudio_128_Audio1.mp4",
        "film_manifest.json",
        "film_manifest.xml",
        "in_metadata.xml",
      ]);
      assert.match(text("film.ism"), /<audio src="film_AACAudio_128_Audio1.mp4"/);
    });

    it("writes nothing when the lease is lost at the last moment", async () => {
      queue.failRenewal = () => new ConflictError("another worker has it");
      blobs.put({ container: "in", blob: "film.mp4" }, await testMediaBytes("mono"));
      await queue.send("job");
      await withWorker(() => queue.untilRenewal());

      assert.deepEqual(blobs.written, []);
      assert.deepEqual(runs.events, ["start", "taskStarted"]);
      assert.deepEqual(queue.completed, []);
    });

    for (const { why, input, code, says } of [
      {
        why: "a text file",
        input: () => Promise.resolve(Buffer.from("The quick brown fox.\n".repeat(1000))),
        code: "ErrorDownloadingInputAssetMalformedContent",
        says: /no media file/,
      },
      {
        why: "a playlist that names another file",
        input: () => Promise.resolve(Buffer.from(`#EXTM3U\n#EXTINF:2,\nfile://${SAMPLE}\n`)),
        code: "ErrorDownloadingInputAssetMalformedContent",
        says: /no media file/,
      },
      {
        why: "a film cut off in its media",
        input: async () => (await readFile(SAMPLE)).subarray(0, 2_000_000),
        code: "ErrorExecutingTaskMalformedContent",
        says: /cut off: \d+ bytes/,
      },
      {
        why: "a film cut off in its index",
        input: async () => (await readFile(SAMPLE)).subarray(0, 2000),
        code: "ErrorExecutingTaskMalformedContent",
        says: /cut off/,
      },
      {
        why: "a film that stops in the middle of a whole file",
        input: async () => overwriteMedia(await testMediaBytes("plain")),
        code: "ErrorExecutingTaskMalformedContent",
        says: /damaged or was cut off/,
      },
    ]) {
      it(`refuses ${why} with ${code}`, async () => {
        await run(await input());

        assert.equal(runs.failure?.code, code, runs.failure?.message);
        assert.match(runs.failure.message, says);
        assert.ok(!runs.failure.message.includes(scratchDir), "no path of this machine");
        assert.deepEqual(blobs.written, []);
        assert.deepEqual(queue.completed, ["job"]);
      });
    }

    describe("in the middle of a long film", () => {
      let sample: Buffer;
      before(async () => {
        sample = await readFile(SAMPLE);
      });
      beforeEach(async function () {
        if (process.platform === "win32") {
          console.log("        processes are looked up by ps");
          this.skip();
        }
        blobs.put({ container: "in", blob: "film.mp4" }, sample);
        await queue.send("job");
      });

      const encoders = (worker = process.pid): number[] =>
        childProcesses(worker)
          .filter(({ command }) => /-filter_complex|node-av-child/.test(command))
          .map(({ pid }) => pid);
      const encoding = (): Promise<void> => runs.until(() => runs.percents.some((p) => p > 5));

      it("kills the encoder and gives the job back when the worker is disposed of", async () => {
        const worker = await start();
        await encoding();
        assert.equal(encoders().length, 1);
        const began = Date.now();
        await worker[Symbol.asyncDispose]();

        assert.ok(Date.now() - began < 1000);
        assert.deepEqual(encoders(), []);
        assert.deepEqual(queue.waitingJobs, ["job"]);
        assert.deepEqual(blobs.written, []);
      });

      it("kills the encoder within a second of the client's wish to cancel", async () => {
        let asked = 0;
        await withWorker(async () => {
          await encoding();
          runs.cancelWhen = () => {
            asked = Date.now();
            return true;
          };
          await runs.until(() => runs.events.includes("canceled"));
        });

        assert.ok(Date.now() - asked < 1000);
        assert.deepEqual(encoders(), []);
        assert.deepEqual(blobs.written, []);
      });

      it("leaves no encoder behind when it is killed itself, and the next one sweeps up", async () => {
        const killed = fork(path.join(__dirname, "worker-process.ts"), [kind, scratchDir], {
          execArgv: ["-r", require.resolve("tsx/cjs")],
        });
        await once(killed, "message");
        const [encoder] = encoders(killed.pid);
        assert(encoder);
        const gone = once(killed, "exit");
        killed.kill("SIGKILL");
        await gone;
        await processEnds(encoder);

        assert.equal((await readdir(scratchDir)).length, 1);
        await queue.complete((await queue.receive()) ?? { jobId: "", attempt: 0 });
        await withWorker(async () => {
          assert.deepEqual(await readdir(scratchDir), []);
        });
      });

      it("tries again when something else kills the encoder", async () => {
        await withWorker(async () => {
          await encoding();
          for (const pid of encoders()) process.kill(pid, "SIGKILL");
          await queue.untilRenewal();
        });

        assert.deepEqual(queue.renewals, [10]);
        assert.equal(runs.failure, undefined);
        assert.deepEqual(blobs.written, []);
      });
    });
  });
}

/** Keeps the boxes of a film but blanks out the later half of its media. */
function overwriteMedia(film: Buffer): Buffer {
  const copy = Buffer.from(film);
  const media = copy.indexOf("mdat");
  copy.fill(0, media + 4 + (copy.length - media) / 3);
  return copy;
}
