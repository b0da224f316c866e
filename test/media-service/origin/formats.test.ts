import { strict as assert } from "node:assert";
import type { AddressInfo } from "node:net";
import { after, before, describe, it } from "mocha";
import { STREAMING_FORMATS } from "../../../media-service/origin/streaming-format";
import { childrenOf, parseXml, type XmlElement } from "../../../media-service/packaging/xml";
import { loadSegment, loadText, mediaPlaylists, segmentUrls } from "../../support/streaming";
import { type PlayedSample, readSegment } from "../packaging/read-segment";
import { readSmoothFragment } from "../packaging/read-smooth";
import { adtsFrames, nalUnits, type PlayedUnit, TsReader } from "../packaging/read-ts";
import { encodeAll, FIXTURE_SECONDS, hasFfmpeg, putAssets, run } from "./media-fixture";
import { CONTAINER, LOCATOR, startOrigin, type TestOrigin } from "./test-origin";

/** Assets, by the file that their best picture and their sound are in. */
const ASSETS = [
  { name: "cmaf", picture: "cmaf_640x360_600.mp4", sound: "cmaf_AACAudio_128_Audio1.mp4" },
  { name: "plain", picture: "plain.mp4", sound: "plain.mp4" },
  { name: "hevc", picture: "hevc.mp4", sound: "hevc.mp4" },
];
const HLS = STREAMING_FORMATS.filter(({ protocol }) => protocol === "hls");
const PICTURES = FIXTURE_SECONDS * 25;
const STREAM_TYPES = { avc: 0x1b, hevc: 0x24, aac: 0x0f };
const AAC_CONFIG = Buffer.from("1190", "hex");
/** Delimiters and parameter sets of both codecs, which packaging adds. */
const ADDED = { avc: [7, 8, 9], hevc: [32, 33, 34, 35] };

describe("every format that the origin serves", function () {
  this.timeout(120_000);
  let origin: TestOrigin;
  let host: string;
  let files: Map<string, Buffer>;
  const manifest = (asset: string, format: string): string =>
    `${host}/${LOCATOR}/${asset}.ism/manifest${format === "" ? "" : `(format=${format})`}`;
  const made = (): typeof ASSETS => ASSETS.filter(({ picture }) => files.has(picture));

  before(async function () {
    if (!hasFfmpeg()) {
      process.stdout.write("    no FFmpeg: formats are not read by others here\n");
      this.skip();
    }
    files = await encodeAll();
    origin = await startOrigin();
    putAssets(origin.blobs, CONTAINER, files);
    await origin.app.listen({ host: "127.0.0.1", port: 0 });
    host = `http://127.0.0.1:${(origin.app.server.address() as AddressInfo).port}`;
  });
  after(async () => {
    await (origin as TestOrigin | undefined)?.app.close();
  });

  /** Hashes of the packets of a kind, as FFmpeg reads them, without what packaging adds. */
  async function hashes(input: string, kind: "v" | "a"): Promise<string[]> {
    const hevc = input.includes("hevc");
    const filter =
      kind === "a"
        ? []
        : [
            "-bsf:v",
            `${hevc ? "hevc" : "h264"}_mp4toannexb,filter_units=remove_types=${hevc ? "32-35|39" : "7-9"}`,
          ];
    const bare = kind === "a" && input.includes("m3u8-aapl") ? ["-bsf:a", "aac_adtstoasc"] : [];
    const args = ["-map", `0:${kind}:0`, "-c", "copy", ...filter, ...bare];
    const printed = await run("ffmpeg", ["-i", input, ...args, "-f", "framehash", "-"]);
    return printed
      .split("\n")
      .filter((line) => line !== "" && !line.startsWith("#"))
      .map((line) => line.split(",")[5]?.trim() ?? "");
  }

  /** The same of a source file. */
  async function sourceHashes(file: string, kind: "v" | "a"): Promise<string[]> {
    return hashes(`${host}/${LOCATOR}/${file}`, kind);
  }

  for (const { name: format } of STREAMING_FORMATS.filter(
    ({ protocol }) => protocol !== "smooth",
  )) {
    it(`${format} holds the source's packets, as FFmpeg reads them`, async () => {
      for (const { name, picture, sound } of made()) {
        const url = manifest(name, format);
        const pictures = await hashes(url, "v");
        const sounds = await hashes(url, "a");

        assert.equal(pictures.length, PICTURES, name);
        assert.deepEqual(pictures, await sourceHashes(picture, "v"), name);
        // The first frame of sound is the encoder's priming.
        assert.deepEqual(sounds, (await sourceHashes(sound, "a")).slice(-sounds.length), name);
        assert(Math.abs(sounds.length - (FIXTURE_SECONDS * 48_000) / 1024) <= 1, name);
      }
    });
  }

  for (const { name: format } of HLS.filter(({ container }) => container === "mpeg-ts")) {
    it(`${format} goes on over every boundary, each byte the source's`, async () => {
      for (const { name, picture, sound } of made()) {
        for (const playlist of await mediaPlaylists(manifest(name, format))) {
          const reader = new TsReader();
          const pictures: PlayedUnit[] = [];
          const sounds: PlayedUnit[] = [];
          for (const url of await segmentUrls(playlist)) {
            const { bytes, headers } = await loadSegment(url);
            assert.equal(headers.get("content-type"), "video/mp2t");
            assert.match(url, /\.ts$/);
            for (const { streamType, units } of reader.read(bytes)) {
              (streamType === STREAM_TYPES.aac ? sounds : pictures).push(...units);
            }
          }
          assertPictures(pictures, playlist.includes("200000") ? undefined : files.get(picture));
          assertSound(sounds, files.get(sound));
          const kinds = [pictures, sounds].filter(({ length }) => length > 0);
          assert.equal(kinds.length, format === "m3u8-aapl-v3" ? 2 : 1);
        }
      }
    });
  }

  for (const { name: format } of HLS) {
    it(`${format} tells rates that no segment goes beyond, and lengths that are right`, async () => {
      for (const { name } of made()) {
        const master = await loadText(manifest(name, format));
        const rates = [
          ...master.matchAll(/STREAM-INF:BANDWIDTH=(\d+)(?:.*\n(?!#)|.*URI=")([^"\n]+)/g),
        ];
        assert(rates.length >= 1);
        for (const [, rate, uri = ""] of rates) {
          const playlist = new URL(uri, manifest(name, format)).href;
          const lines = (await loadText(playlist)).split("\n");
          const target = Number(/TARGETDURATION:(\d+)/.exec(lines.join("\n"))?.[1]);
          const urls = lines.filter((line) => line !== "" && !line.startsWith("#"));
          const seconds = lines
            .filter((line) => line.startsWith("#EXTINF:"))
            .map((line) => Number.parseFloat(line.slice("#EXTINF:".length)));
          assert.equal(urls.length, seconds.length);
          assert(Math.abs(seconds.reduce((sum, one) => sum + one, 0) - FIXTURE_SECONDS) < 0.05);
          for (const [index, url] of urls.entries()) {
            const lasts = seconds[index] ?? 0;
            const { bytes } = await loadSegment(new URL(url, playlist).href);
            assert(Math.round(lasts) <= target);
            assert(
              (bytes.length * 8) / lasts <= Number(rate),
              `${url}: ${bytes.length} in ${lasts}`,
            );
          }
        }
      }
    });
  }

  it("key frames to wind through are the pictures that the segments begin with", async () => {
    for (const { name } of made()) {
      for (const format of ["m3u8-cmaf", "m3u8-aapl"]) {
        const url = manifest(name, format);
        const frames = [...(await loadText(url)).matchAll(/I-FRAME-STREAM-INF:.*URI="([^"]+)"/g)];
        assert(frames.length > 0);
        for (const [, uri = ""] of frames) {
          const playlist = new URL(uri, url).href;
          const count = await assertKeyFrames(playlist);
          assert.deepEqual(await packetFlags(playlist), Array<string>(count).fill("K"));
        }
      }
    }
  });

  /** What ffprobe says of each packet: `K` is a key frame. */
  async function packetFlags(url: string): Promise<string[]> {
    const args = ["-select_streams", "v", "-show_entries", "packet=flags", "-of", "csv=p=0", url];
    const lines = (await run("ffprobe", args)).split("\n");
    return lines.map((line) => line.slice(0, 1)).filter((flags) => flags !== "");
  }

  /** Looks at each key frame of a playlist, and counts them. */
  async function assertKeyFrames(playlist: string): Promise<number> {
    assert.match(await loadText(playlist), /#EXT-X-I-FRAMES-ONLY\n/);
    const whole = await wholeSegments(playlist.replace("m3u8-aapl", "m3u8-cmaf"));
    const urls = (await segmentUrls(playlist)).filter((url) => url.includes("keyframes"));
    assert.equal(urls.length, whole.length);
    const segments = await Promise.all(urls.map(async (url) => (await loadSegment(url)).bytes));
    if (playlist.includes("m3u8-aapl")) {
      const reader = new TsReader();
      const units = segments.map((bytes) => reader.read(bytes)[0]?.units ?? []);
      assert.deepEqual(
        units.map((list) => list.map(withLengths)),
        whole.map(([first]) => [first?.bytes]),
      );
      return urls.length;
    }
    const samples = segments.map(readSegment);
    assert.deepEqual(
      samples.map((list) => list.map(({ bytes, presentationTime }) => [bytes, presentationTime])),
      whole.map(([first]) => [[first?.bytes, first?.presentationTime]]),
    );
    samples.flat().forEach(({ decodeTime, duration }, index, all) => {
      const next = all[index + 1];
      if (next) assert.equal(decodeTime + duration, next.decodeTime);
    });
    return urls.length;
  }

  /** The samples of each segment of the CMAF playlist that a playlist of key frames belongs to. */
  async function wholeSegments(keyFrames: string): Promise<PlayedSample[][]> {
    const [, ...urls] = await segmentUrls(keyFrames.replace(",keyframes", ""));
    return Promise.all(urls.map(async (url) => readSegment((await loadSegment(url)).bytes)));
  }

  for (const format of ["", "fmp4-v20"]) {
    it(`Smooth Streaming ${format} goes on over every boundary, each byte the source's`, async () => {
      for (const { name, picture, sound } of made()) {
        const url = manifest(name, format);
        const [media] = childrenOf(parseXml(await loadText(url)), "SmoothStreamingMedia");
        assert(media);
        assert.equal(media["MinorVersion"], format === "" ? "2" : "0");
        const streams = childrenOf(media, "StreamIndex");
        assert.equal(streams.length, 2);
        for (const stream of streams) {
          for (const quality of childrenOf(stream, "QualityLevel")) {
            const samples = await smoothSamples(url, stream, quality);
            const source = files.get(stream["Type"] === "audio" ? sound : picture);
            if (quality["Bitrate"] !== "200000") {
              assert(samples.every(({ bytes }) => source?.includes(bytes)));
            }
            if (stream["Type"] === "video") {
              assert.equal(samples.length, PICTURES);
              const shown = samples.map(({ presentationTime }) => presentationTime);
              shown.sort((one, other) => one - other);
              // A 25th of a second is 400,000 of 100 ns; rounding gives or takes one.
              shown.forEach((time, index) => {
                assert(Math.abs(time - index * 400_000) <= 2, `${name}: ${index} at ${time}`);
              });
            }
          }
        }
      }
    });
  }

  async function smoothSamples(
    url: string,
    stream: XmlElement,
    quality: XmlElement,
  ): Promise<PlayedSample[]> {
    const samples: PlayedSample[] = [];
    const kind = attribute(stream, "Type");
    let time = 0;
    for (const chunk of childrenOf(stream, "c")) {
      if (chunk["t"] !== undefined) time = Number(attribute(chunk, "t"));
      const told = Number(attribute(chunk, "d"));
      for (let count = Number(chunk["r"] ?? 1); count > 0; count--) {
        const path = attribute(stream, "Url")
          .replace("{bitrate}", attribute(quality, "Bitrate"))
          .replace("{start time}", String(time));
        const { bytes, headers } = await loadSegment(new URL(path, url).href);
        assert.equal(headers.get("content-type"), `${kind}/mp4`);
        const fragment = readSmoothFragment(bytes, time);
        const earliest = Math.min(...fragment.map(({ presentationTime }) => presentationTime));
        assert(Math.abs(earliest - time) <= 1, `${path} shows its first sample at ${earliest}`);
        const lasts = fragment.reduce((sum, { duration }) => sum + duration, 0);
        if (kind === "audio") assert(Math.abs(lasts - told) <= 1, `${path} lasts ${lasts}`);
        samples.push(...fragment);
        time += told;
      }
    }
    assert(samples.length > 0);
    return samples;
  }
});

function attribute(element: XmlElement, name: string): string {
  const value = element[name];
  assert(typeof value === "string", `${name} is told`);
  return value;
}

/** A picture as it lies in an MP4: lengths before NAL units, without what packaging added. */
function withLengths({ payload }: PlayedUnit): Buffer {
  const units = nalUnits(payload);
  const hevc = units[0]?.[0] === 0x46;
  const kept = units.filter((nal) =>
    hevc
      ? !ADDED.hevc.includes((nal.readUInt8(0) >> 1) & 0x3f)
      : !ADDED.avc.includes(nal.readUInt8(0) & 0x1f),
  );
  return Buffer.concat(
    kept.flatMap((nal) => {
      const length = Buffer.alloc(4);
      length.writeUInt32BE(nal.length);
      return [length, nal];
    }),
  );
}

function assertPictures(units: readonly PlayedUnit[], source: Buffer | undefined): void {
  if (units.length === 0) return;
  assert.equal(units.length, PICTURES);
  if (source) assert(units.every((unit) => source.includes(withLengths(unit))));
  const shown = units.map(({ pts }) => pts).sort((one, other) => one - other);
  shown.forEach((pts, index) => {
    assert(Math.abs(pts - (shown[0] ?? 0) - index * 3600) <= 1, `picture ${index} at ${pts}`);
  });
  assert.equal(shown[0], 900_000);
  units.forEach(({ dts }, index) => {
    if (index > 0) assert(dts > (units[index - 1]?.dts ?? 0));
  });
}

function assertSound(units: readonly PlayedUnit[], source: Buffer | undefined): void {
  let frame = 0;
  for (const { pts, payload } of units) {
    assert.equal(pts, 900_000 + frame * 1920);
    const frames = adtsFrames(payload, AAC_CONFIG);
    assert(frames.every((bytes) => source?.includes(bytes)));
    frame += frames.length;
  }
}
