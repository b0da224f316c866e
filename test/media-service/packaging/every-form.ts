import { strict as assert } from "node:assert";
import { STREAMING_FORMATS } from "../../../media-service/origin/streaming-format";
import {
  deliveredSegments,
  segmentsTogether,
} from "../../../media-service/packaging/delivered-segments";
import { carriedBy, type DeliveryForm } from "../../../media-service/packaging/delivery-form";
import type { Presentation, Stream } from "../../../media-service/packaging/presentation";
import { segmentRecipe } from "../../../media-service/packaging/segment-recipe";
import { timelineOf } from "../../../media-service/packaging/timeline";
import { play } from "./played";
import { present } from "./present";
import type { PlayedSample } from "./read-segment";
import { readSmoothFragment } from "./read-smooth";
import { adtsFrames, nalUnits, type PlayedUnit, TsReader } from "./read-ts";

const FILE = "source.mp4";
const FORMS = STREAMING_FORMATS.filter(({ container }) => container !== "cmaf");
const TS_START = 900_000;
/** Delimiters and parameter sets, which packaging may add. */
const ADDED = {
  avc: (nal: Buffer) => [7, 8, 9].includes(nal.readUInt8(0) & 0x1f),
  hevc: (nal: Buffer) => [32, 33, 34, 35].includes((nal.readUInt8(0) >> 1) & 0x3f),
};

type Segments = { time: number; bytes: Buffer }[];

/**
 * Checks that each form that can carry a file's tracks holds the samples that CMAF does, at their times.
 * Answers how many can.
 */
export async function assertEveryForm(source: Buffer): Promise<number> {
  const kinds = (["video", "audio"] as const).map((kind) => ({ kind, src: FILE }));
  const both = await present(kinds, { [FILE]: source }).catch(() => undefined);
  const whole = both ?? (await presentAlone(source));
  const carriers = FORMS.flatMap((form) => {
    const carried = tryCarry(whole, form);
    return carried ? [{ form, carried }] : [];
  });
  for (const { form, carried } of carriers) {
    for (const stream of carried.streams) {
      const goesAlong = form.sound === "muxed" && stream !== carried.streams[0];
      if (goesAlong) continue;
      const segments = cut(carried, form, { stream, source });
      if (form.container === "smooth") assertSmooth(segments, stream, source);
      else assertTransport(segments, { form, stream, carried, source });
    }
  }
  return carriers.length;
}

function presentAlone(source: Buffer): Promise<Presentation> {
  return present([{ kind: "video", src: FILE }], { [FILE]: source }).catch(() =>
    present([{ kind: "audio", src: FILE }], { [FILE]: source }),
  );
}

/** Undefined for a form that has no place for the file's pictures. */
function tryCarry(whole: Presentation, { container }: DeliveryForm): Presentation | undefined {
  try {
    return carriedBy(whole, container);
  } catch (error) {
    assert(error instanceof Error && error.name === "InvalidInputError");
    return undefined;
  }
}

function cut(
  presentation: Presentation,
  form: DeliveryForm,
  { stream, source }: { stream: Stream; source: Buffer },
): Segments {
  const [quality] = stream.qualities;
  return deliveredSegments(quality.track, segmentsTogether(presentation, form)).map(({ time }) => {
    const recipe = segmentRecipe(presentation, { form, stream, quality, time });
    assert(recipe);
    const parts = recipe.parts.map((one) =>
      source.subarray(one.offset, one.offset + one.sizeBytes),
    );
    return { time, bytes: recipe.build(parts) };
  });
}

/** The samples of a stream as CMAF has them, with their times in seconds. */
function expected({ qualities }: Stream, source: Buffer): (PlayedSample & { seconds: number })[] {
  const [{ track }] = qualities;
  return play(source, track)
    .flat()
    .map((one) => ({ ...one, seconds: one.presentationTime / track.header.timescale }));
}

function assertSmooth(segments: Segments, stream: Stream, source: Buffer): void {
  const samples = segments.flatMap(({ time, bytes }) => readSmoothFragment(bytes, time));
  const told = timelineOf(stream.qualities[0].track.segments);
  assert.equal(
    told.reduce((sum, { count }) => sum + count, 0),
    segments.length,
  );
  const wanted = expected(stream, source);
  assert.equal(samples.length, wanted.length);
  const sign = stream.kind === "audio" ? 1 : 2;
  samples.forEach(({ bytes, presentationTime }, index) => {
    const { bytes: right, seconds = 0 } = wanted[index] ?? {};
    assert(right?.equals(bytes), `sample ${index} of Smooth Streaming`);
    // What is decoded before the beginning is told to be shown at it.
    const off = Math.abs(presentationTime - Math.max(0, seconds) * 1e7);
    assert(seconds < 0 || off <= sign, `sample ${index} is ${off} off`);
  });
}

function assertTransport(
  segments: Segments,
  {
    form,
    stream,
    carried,
    source,
  }: { form: DeliveryForm; stream: Stream; carried: Presentation; source: Buffer },
): void {
  const reader = new TsReader();
  const read = segments.map(({ bytes }) => reader.read(bytes));
  const units = (index: number): PlayedUnit[] => read.flatMap((list) => list[index]?.units ?? []);
  if (stream.kind === "audio") {
    assertSound(units(0), stream, source);
    return;
  }
  assertPictures(units(0), stream, source);
  const sound = carried.streams.find(({ kind }) => kind === "audio");
  if (form.sound === "muxed" && sound)
    assertSound(
      read.flatMap((list) => list[1]?.units ?? []),
      sound,
      source,
    );
}

function assertPictures(units: readonly PlayedUnit[], stream: Stream, source: Buffer): void {
  const added = ADDED[/^h[ev]/.test(stream.qualities[0].track.header.entry.codec) ? "hevc" : "avc"];
  const wanted = expected(stream, source);
  assert.equal(units.length, wanted.length);
  units.forEach(({ pts, dts, payload }, index) => {
    const { bytes = Buffer.alloc(0), seconds = 0 } = wanted[index] ?? {};
    assert.deepEqual(
      nalUnits(payload).filter((nal) => !added(nal)),
      lengthed(bytes).filter((nal) => !added(nal)),
    );
    assert(Math.abs(pts - TS_START - seconds * 90_000) <= 1, `picture ${index} at ${pts}`);
    if (index > 0) assert(dts > (units[index - 1]?.dts ?? 0), `picture ${index} is decoded later`);
  });
}

function assertSound(units: readonly PlayedUnit[], stream: Stream, source: Buffer): void {
  const { codec, codecPrivateData } = stream.qualities[0].track.header.entry;
  const wanted = expected(stream, source);
  if (!codec.startsWith("mp4a")) {
    const bytes = (list: readonly { bytes: Buffer }[]): Buffer =>
      Buffer.concat(list.map((one) => one.bytes));
    assert(Buffer.concat(units.map(({ payload }) => payload)).equals(bytes(wanted)));
    return;
  }
  const core = codec === "mp4a.40.5" ? Buffer.from("1308", "hex") : codecPrivateData;
  let frame = 0;
  for (const { pts, payload } of units) {
    const seconds = wanted[frame]?.seconds ?? 0;
    assert(Math.abs(pts - TS_START - seconds * 90_000) <= 1, `frame ${frame} at ${pts}`);
    for (const bytes of adtsFrames(payload, core)) assert(wanted[frame++]?.bytes.equals(bytes));
  }
  assert.equal(frame, wanted.length);
}

/** The NAL units of a sample, each after its length of four bytes. */
function lengthed(sample: Buffer): Buffer[] {
  const units: Buffer[] = [];
  for (let at = 0; at < sample.length;) {
    const end = at + 4 + sample.readUInt32BE(at);
    units.push(sample.subarray(at + 4, end));
    at = end;
  }
  return units;
}
