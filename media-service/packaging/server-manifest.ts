import { CorruptError } from "../domain/errors";
import { isAssetFileName } from "./blob-name";
import { attributeOf, childrenOf, escapeXml, parseXml, type XmlElement } from "./xml";

/** What a track carries. */
export type TrackKind = "video" | "audio";

/** One track of an asset as its server manifest (`.ism`) lists it. */
export interface ServerManifestTrack {
  readonly kind: TrackKind;
  /** The file's name in the asset; an interleaved file is named by several tracks. */
  readonly src: string;
  /** Measured rate in bits a second; names the quality level in URLs. */
  readonly systemBitrate: number;
  readonly trackId: number;
  /** Name of the stream in URLs; tracks of one name are qualities of one stream. */
  readonly trackName: string;
  /** ISO 639 code. */
  readonly language?: string;
  readonly width?: number;
  readonly height?: number;
}

/** A track as it was read: minimal manifests name only the file. */
export type ParsedServerManifestTrack = Pick<ServerManifestTrack, "kind" | "src"> &
  Partial<ServerManifestTrack>;

/** A text track as it was read: subtitles in one language. */
export type ParsedTextTrack = Pick<ParsedServerManifestTrack, "src"> &
  Pick<ParsedServerManifestTrack, "systemBitrate" | "trackName" | "language"> & {
    /** Whether it tells sounds, too: for those who hear them badly. */
    readonly isCaption?: boolean;
  };

/** A server manifest as it was read. */
export interface ServerManifest {
  readonly clientManifest?: string;
  /** How many fragments make one segment of HLS in MPEG-TS. */
  readonly fragmentsPerHlsSegment: number;
  readonly tracks: readonly ParsedServerManifestTrack[];
  /** Left out where there are none. */
  readonly texts?: readonly ParsedTextTrack[];
}

const DEFAULT_FRAGMENTS_PER_HLS_SEGMENT = 3;

/** Writes the server manifest of the asset that was encoded from `{baseName}.*`. */
export function renderServerManifest(
  tracks: readonly ServerManifestTrack[],
  baseName: string,
): string {
  return [
    '<?xml version="1.0" encoding="utf-8"?>',
    '<smil xmlns="http://www.w3.org/2001/SMIL20/Language">',
    "  <head>",
    `    <meta name="clientManifestRelativePath" content="${escapeXml(baseName)}.ismc" />`,
    '    <meta name="formats" content="mp4-v3" />',
    `    <meta name="fragmentsPerHLSSegment" content="${DEFAULT_FRAGMENTS_PER_HLS_SEGMENT}" />`,
    "  </head>",
    "  <body>",
    "    <switch>",
    ...tracks.flatMap(renderTrack),
    "    </switch>",
    "  </body>",
    "</smil>",
    "",
  ].join("\n");
}

function renderTrack(track: ServerManifestTrack): string[] {
  const language = ` systemLanguage="${escapeXml(track.language ?? "und")}"`;
  const params: [string, number | string | undefined][] = [
    ["systemBitrate", track.systemBitrate],
    ["trackID", track.trackId],
    ["trackName", track.trackName],
    ["width", track.width],
    ["height", track.height],
  ];
  return [
    `      <${track.kind} src="${escapeXml(track.src)}" systemBitrate="${track.systemBitrate}"${language}>`,
    ...params
      .filter(([, value]) => value !== undefined)
      .map(
        ([name, value]) =>
          `        <param name="${name}" value="${escapeXml(String(value))}" valuetype="data" />`,
      ),
    `      </${track.kind}>`,
  ];
}

/**
 * Reads a server manifest. Unknown elements are passed over; only `src` is required of a track.
 *
 * @throws CorruptError when it is not SMIL, lists no track, or a track names no file of the asset.
 */
export function parseServerManifest(xml: string): ServerManifest {
  const [smil] = childrenOf(parseXml(xml), "smil");
  if (!smil) throw new CorruptError("the server manifest has no <smil> element");
  const meta = namedValues(
    childrenOf(smil, "head").flatMap((head) => childrenOf(head, "meta")),
    "content",
  );
  const parents = childrenOf(smil, "body").flatMap((body) => [body, ...childrenOf(body, "switch")]);
  const tracks = parents.flatMap((parent) => [
    ...childrenOf(parent, "video").map((element) => parseTrack("video", element)),
    ...childrenOf(parent, "audio").map((element) => parseTrack("audio", element)),
  ]);
  const texts = parents.flatMap((parent) => childrenOf(parent, "textstream").map(parseText));
  if (tracks.length === 0) throw new CorruptError("the server manifest lists no track");
  const clientManifest = meta.get("clientmanifestrelativepath");
  return {
    ...(clientManifest === undefined ? {} : { clientManifest }),
    fragmentsPerHlsSegment:
      positiveInteger(meta.get("fragmentsperhlssegment")) ?? DEFAULT_FRAGMENTS_PER_HLS_SEGMENT,
    tracks,
    ...(texts.length === 0 ? {} : { texts }),
  };
}

function parseTrack(kind: TrackKind, element: XmlElement): ParsedServerManifestTrack {
  return { kind, ...parseElement(kind, element) };
}

/** A `role` is one of DASH's (ISO/IEC 23009-1, 5.8.5.5), of which captions matter to players. */
function parseText(element: XmlElement): ParsedTextTrack {
  const role = paramsOf(element).get("role")?.toLowerCase();
  return { ...parseElement("textstream", element), isCaption: role === "caption" };
}

function paramsOf(element: XmlElement): Map<string, string> {
  return namedValues(childrenOf(element, "param"), "value");
}

function parseElement(
  kind: TrackKind | "textstream",
  element: XmlElement,
): Omit<ParsedServerManifestTrack, "kind"> {
  const src = attributeOf(element, "src") ?? "";
  if (!isAssetFileName(src)) {
    throw new CorruptError(
      `a <${kind}> of the server manifest names no file of the asset: '${src}'`,
    );
  }
  const params = paramsOf(element);
  const given = {
    systemBitrate: positiveInteger(
      attributeOf(element, "systemBitrate") ?? params.get("systembitrate"),
    ),
    trackId: positiveInteger(params.get("trackid")),
    trackName: params.get("trackname"),
    language: attributeOf(element, "systemLanguage"),
    width: positiveInteger(params.get("width")),
    height: positiveInteger(params.get("height")),
  };
  const known = Object.entries(given).filter(([, value]) => value !== undefined && value !== "");
  return { src, ...(Object.fromEntries(known) as Partial<ServerManifestTrack>) };
}

/** `<param name=".." value="..">` and `<meta name=".." content="..">` by their names in lower case. */
function namedValues(elements: readonly XmlElement[], valueAttribute: string): Map<string, string> {
  const values = new Map<string, string>();
  for (const element of elements) {
    const name = attributeOf(element, "name");
    const value = attributeOf(element, valueAttribute);
    if (name !== undefined && value !== undefined) values.set(name.toLowerCase(), value);
  }
  return values;
}

function positiveInteger(text: string | undefined): number | undefined {
  return text !== undefined && /^[1-9]\d{0,14}$/.test(text) ? Number(text) : undefined;
}
