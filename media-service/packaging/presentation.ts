import type { MovieIndex } from "./movie-index";
import { type MeantTrack, meantTracks } from "./meant-tracks";
import type { ServerManifest, TrackKind } from "./server-manifest";
import type { TextContent } from "./text/mp4-text";
import { type TextStream, textStreams } from "./text/text-stream";
import { TICKS_PER_SECOND } from "./time";
import { bitratesOf, type TrackIndex } from "./track-index";

/** One quality of a stream: the `QualityLevels(b)` of URLs. */
export interface Quality {
  /** Bits a second; unique in its stream, for URLs name it by this. */
  readonly bitrate: number;
  /** The highest rate of any segment. */
  readonly peakBitrate: number;
  /** File of the asset that it is in. */
  readonly src: string;
  readonly track: TrackIndex;
}

/** The same content in several qualities: a client plays one of them at a time. */
export interface Stream {
  readonly kind: TrackKind;
  /** Its name in URLs. */
  readonly name: string;
  /** ISO 639 code, `und` when not told. */
  readonly language: string;
  /** Best first; never empty. */
  readonly qualities: readonly [Quality, ...Quality[]];
}

/** An asset as clients play it. */
export interface Presentation {
  /** Video first. */
  readonly streams: readonly Stream[];
  /** Subtitles. */
  readonly texts: readonly TextStream[];
  /** In 100 ns. */
  readonly durationTicks: number;
  /** How many segments make one of HLS in MPEG-TS. */
  readonly fragmentsPerHlsSegment: number;
}

/** A quality with what decides which stream it belongs to. */
interface Candidate {
  readonly quality: Quality;
  readonly kind: TrackKind;
  readonly name: string | undefined;
  readonly language: string;
}

const VIDEO_STREAM = "video";

/**
 * Puts together what the server manifest lists from the indexes of the files.
 *
 * @param movies - Indexes by file name; one for each media file that the manifest names.
 * @param texts - What files of text hold, by name.
 * @throws CorruptError when a file has no track of the kind that the manifest says.
 */
export function buildPresentation(
  manifest: ServerManifest,
  movies: ReadonlyMap<string, MovieIndex>,
  texts: ReadonlyMap<string, TextContent> = new Map(),
): Presentation {
  const candidates = meantTracks(manifest.tracks, movies).map(candidateOf);
  const video = candidates.filter(({ kind }) => kind === "video");
  const audio = candidates.filter(({ kind }) => kind === "audio");
  const streams = [...videoStreams(video), ...audioStreams(audio)];
  const ends = streams.flatMap(({ qualities }) =>
    qualities.map(({ track }) => {
      const last = track.segments.at(-1);
      return last ? last.time + last.duration : 0;
    }),
  );
  const { fragmentsPerHlsSegment } = manifest;
  const durationTicks = Math.max(...ends);
  return {
    streams,
    texts: textStreams(manifest.texts ?? [], texts, {
      durationSeconds: durationTicks / TICKS_PER_SECOND,
      taken: streams.map(({ name }) => name),
    }),
    durationTicks,
    fragmentsPerHlsSegment,
  };
}

function candidateOf({ listed, track }: MeantTrack): Candidate {
  const { average, peak } = bitratesOf(track);
  const quality = {
    bitrate: listed.systemBitrate ?? average,
    peakBitrate: peak,
    src: listed.src,
    track,
  };
  const language = listed.language ?? "und";
  return {
    quality,
    kind: listed.kind,
    name: listed.trackName,
    language: language === "und" ? track.header.language : language,
  };
}

/** All video is one stream, whatever its tracks are called. */
function videoStreams(candidates: readonly Candidate[]): Stream[] {
  const [first] = candidates;
  if (!first) return [];
  const oneName = candidates.every(({ name }) => name === first.name) ? first.name : undefined;
  return [streamOf(first, urlName(oneName ?? VIDEO_STREAM), candidates)];
}

/** Audio tracks of one name and language are qualities of one stream. */
function audioStreams(candidates: readonly Candidate[]): Stream[] {
  const groups = new Map<string, Candidate[]>();
  candidates.forEach((candidate, index) => {
    const { entry, trackId } = candidate.quality.track.header;
    const name =
      candidate.name ??
      `${entry.codec.startsWith("mp4a") ? "aac" : entry.codec}_${candidate.language}_${entry.channels}_${trackId}_${index + 1}`;
    const key = JSON.stringify([urlName(name), candidate.language]);
    groups.set(key, [...(groups.get(key) ?? []), candidate]);
  });
  const taken = new Set([VIDEO_STREAM]);
  return [...groups].flatMap(([key, members]) => {
    const [first] = members;
    if (!first) return [];
    const [base] = JSON.parse(key) as [string];
    let name = base;
    for (let suffix = 2; taken.has(name.toLowerCase()); suffix++) name = `${base}_${suffix}`;
    taken.add(name.toLowerCase());
    return [streamOf(first, name, members)];
  });
}

function streamOf(
  { kind, language }: Candidate,
  name: string,
  members: readonly Candidate[],
): Stream {
  const sorted = members
    .map(({ quality }) => quality)
    .sort((one, other) => other.bitrate - one.bitrate || (one.src < other.src ? -1 : 1));
  // Two qualities of one rate could not be told apart by URL.
  const used = new Set<number>();
  const [best, ...others] = sorted.map((quality) => {
    let { bitrate } = quality;
    while (used.has(bitrate)) bitrate++;
    used.add(bitrate);
    return { ...quality, bitrate };
  });
  if (!best) throw new RangeError("a stream needs a quality");
  return { kind, language, name, qualities: [best, ...others] };
}

/** URLs put names between parentheses, equals signs and commas. */
function urlName(name: string): string {
  return name.replace(/[^\w.-]/g, "_") || "_";
}
