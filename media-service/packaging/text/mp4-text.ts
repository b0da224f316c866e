import { CorruptError } from "../../domain/errors";
import { type Box, boxesIn, boxesOfType, boxVersion, findBox, requireBox } from "../box-reader";
import { bufferSource } from "../byte-source";
import { cutOff } from "../cut-off";
import { readEdit } from "../edit-list";
import { readIndexBoxes } from "../index-boxes";
import { readDefaults, readFragments } from "../movie-fragment";
import { readSampleTable } from "../sample-table";
import { readLanguage, readTrackId } from "../track-header";
import { type Cue, cueOf, inOrder } from "./cue";
import { parseTtml } from "./ttml";

/** Text with when it is shown, from any kind of file. */
export interface TextContent {
  /** BCP 47 or ISO 639; undefined when not told. */
  readonly language: string | undefined;
  readonly cues: readonly Cue[];
}

/** A sample of text, in milliseconds of the presentation. */
interface TextSample {
  readonly bytes: Buffer;
  readonly start: number;
  readonly end: number;
}

type ReadSample = (sample: TextSample) => (Cue | undefined)[];

const READERS: Readonly<Record<string, ReadSample>> = { wvtt: vttSample, stpp: ttmlSample };

/**
 * Reads the text track of an MP4 file that is in memory: WebVTT (`wvtt`) or TTML (`stpp`), as ISO/IEC
 * 14496-30 lays them down, progressive or in fragments.
 *
 * @throws CorruptError when it has no such track, or is damaged.
 */
export async function readMp4Text(file: Buffer): Promise<TextContent> {
  const { moov } = await readIndexBoxes(bufferSource(file));
  try {
    for (const trak of boxesOfType(moov.bytes, moov.box, "trak")) {
      const read = readerOf(moov.bytes, trak);
      if (read) return readTrack(file, { bytes: moov.bytes, moov: moov.box, trak }, read);
    }
  } catch (error) {
    throw cutOff(error, "the text track");
  }
  throw new CorruptError("the file has no text track of WebVTT or TTML ('wvtt', 'stpp')");
}

function readerOf(bytes: Buffer, trak: Box): ReadSample | undefined {
  const stsd = findBox(bytes, trak, "mdia/minf/stbl/stsd");
  if (!stsd) return undefined;
  const [entry] = boxesIn(bytes, { payload: stsd.payload + 8, end: stsd.end });
  return entry && READERS[entry.type];
}

function readTrack(
  file: Buffer,
  { bytes, moov, trak }: { bytes: Buffer; moov: Box; trak: Box },
  read: ReadSample,
): TextContent {
  const mdhd = requireBox(bytes, trak, "mdia/mdhd");
  const wide = boxVersion(bytes, mdhd) === 1;
  const timescale = bytes.readUInt32BE(mdhd.payload + (wide ? 20 : 12));
  const mvhd = requireBox(bytes, moov, "mvhd");
  const movieTimescale = bytes.readUInt32BE(
    mvhd.payload + (boxVersion(bytes, mvhd) === 1 ? 20 : 12),
  );
  if (timescale === 0) throw new CorruptError("the text track has the timescale 0");
  const shift = readEdit(bytes, trak, timescale / movieTimescale)?.shift ?? 0;
  const toMs = (time: number): number => ((time - shift) / timescale) * 1000;
  const samples = findBox(bytes, moov, "mvex")
    ? fragmentSamples(file, { bytes, moov, trak })
    : tableSamples(file, bytes, trak);
  const language = readLanguage(bytes.readUInt16BE(mdhd.payload + (wide ? 32 : 20)));
  return {
    language: language === "und" ? undefined : language,
    cues: joined(
      inOrder(
        samples.flatMap(({ start, end, ...sample }) =>
          read({ ...sample, start: Math.max(0, toMs(start)), end: toMs(end) }),
        ),
      ),
    ),
  };
}

/** Samples with times of the track. */
function tableSamples(file: Buffer, bytes: Buffer, trak: Box): TextSample[] {
  const stbl = requireBox(bytes, trak, "mdia/minf/stbl");
  const table = readSampleTable(bytes, stbl, file.length);
  return Array.from({ length: table.count }, (_, index) => {
    const offset = table.offsets[index] ?? 0;
    return {
      bytes: partOf(file, offset, table.sizes[index] ?? 0),
      start: table.decodeTimes[index] ?? 0,
      end: table.decodeTimes[index + 1] ?? 0,
    };
  });
}

function fragmentSamples(
  file: Buffer,
  { bytes, moov, trak }: { bytes: Buffer; moov: Box; trak: Box },
): TextSample[] {
  const trackId = readTrackId(bytes, trak);
  const defaults = readDefaults(bytes, requireBox(bytes, moov, "mvex"), trackId);
  const samples: TextSample[] = [];
  const places = boxesIn(file, { payload: 0, end: file.length });
  for (const moof of places) {
    if (moof.type !== "moof") continue;
    const fragment = file.subarray(moof.start, moof.end);
    const run = readFragments(fragment, { trackId, defaults, fileOffset: moof.start });
    let start = run?.baseDecodeTime ?? 0;
    for (const { offset, sizeBytes, duration } of run?.samples ?? []) {
      const bytes = partOf(file, moof.start + offset, sizeBytes);
      samples.push({ bytes, start, end: start + duration });
      start += duration;
    }
  }
  return samples;
}

function partOf(file: Buffer, offset: number, sizeBytes: number): Buffer {
  if (offset < 0 || offset + sizeBytes > file.length) {
    throw new CorruptError("a text lies outside of its file");
  }
  return file.subarray(offset, offset + sizeBytes);
}

/** `vttc` boxes are cues, `vtte` is a pause (ISO/IEC 14496-30, 7.5). */
function vttSample({ bytes, start, end }: TextSample): (Cue | undefined)[] {
  return boxesOfType(bytes, { payload: 0, end: bytes.length }, "vttc").map((cue) => {
    const text = findBox(bytes, cue, "payl");
    const settings = findBox(bytes, cue, "sttg");
    return cueOf({ start, end }, utf8(bytes, text), utf8(bytes, settings));
  });
}

function utf8(bytes: Buffer, box: Box | undefined): string {
  return box ? bytes.toString("utf8", box.payload, box.end) : "";
}

/** A whole document with times of the track, of which only what falls into the sample counts (6.2). */
function ttmlSample({ bytes, start, end }: TextSample): (Cue | undefined)[] {
  if (bytes.length === 0) return [];
  return parseTtml(bytes.toString("utf8"), { start, end }).cues.map((cue) =>
    cueOf(
      { start: Math.max(start, cue.start), end: Math.min(end, cue.end) },
      cue.text,
      cue.settings,
    ),
  );
}

/** A cue that goes on in the next sample is written once in each: shown it is one. */
function joined(cues: readonly Cue[]): Cue[] {
  const last = new Map<string, Cue>();
  const whole = new Set<Cue>();
  for (const cue of cues) {
    const key = `${cue.settings}\n${cue.text}`;
    const before = last.get(key);
    const goesOn = before !== undefined && Math.abs(before.end - cue.start) < 1;
    const current = goesOn ? { ...cue, start: before.start } : cue;
    if (goesOn) whole.delete(before);
    whole.add(current);
    last.set(key, current);
  }
  return inOrder([...whole]);
}
