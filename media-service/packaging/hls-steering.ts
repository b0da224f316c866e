import { type Pathway, STEERING_RESOURCE, type VideoPathways } from "./pathway";

/** A variant, an I-frame variant or a rendition: its tag, and the URL where that is a line of its own. */
interface Entry {
  readonly tag: string;
  readonly uri: string | undefined;
}

const STREAM = "#EXT-X-STREAM-INF:";
const RENDITION = "#EXT-X-MEDIA:";
const IFRAMES = "#EXT-X-I-FRAME-STREAM-INF:";
/** Attributes that name a group of renditions. */
const GROUP = /\b(GROUP-ID|AUDIO|VIDEO|SUBTITLES|CLOSED-CAPTIONS)="([^"]+)"/g;
const URI = /\bURI="([^"]+)"/;

/**
 * Adds content steering to a multivariant playlist (RFC 8216bis, 4.4.6.6 and 7): everything in it once
 * for each pathway, with groups of its own. Players that know nothing of steering see redundant
 * variants. URLs of the pathway in use stay relative.
 */
export function withHlsPathways(playlist: string, pathways: VideoPathways): string {
  const { head, entries } = parse(playlist);
  const { inUse, others, path } = pathways;
  return [
    ...head,
    `#EXT-X-CONTENT-STEERING:SERVER-URI="${STEERING_RESOURCE}",PATHWAY-ID="${inUse.name}"`,
    ...entries.flatMap((entry) => onPathway(entry, inUse)),
    ...others.flatMap((other) =>
      entries.flatMap((entry) => onPathway(entry, other, `${other.baseUrl}${path}/`)),
    ),
    "",
  ].join("\n");
}

function parse(playlist: string): { head: string[]; entries: Entry[] } {
  const lines = playlist.split("\n").filter((line) => line !== "");
  const head: string[] = [];
  const entries: Entry[] = [];
  for (let index = 0; index < lines.length; index++) {
    const tag = lines[index] ?? "";
    if (tag.startsWith(STREAM)) entries.push({ tag, uri: lines[++index] });
    else if (tag.startsWith(RENDITION) || tag.startsWith(IFRAMES))
      entries.push({ tag, uri: undefined });
    else head.push(tag);
  }
  return { head, entries };
}

/** @param base - Absolute, where the pathway is not the one in use. */
function onPathway({ tag, uri }: Entry, { name }: Pathway, base?: string): string[] {
  const target = uri ?? URI.exec(tag)?.[1];
  const moved =
    base === undefined
      ? tag
      : tag
          .replace(URI, (_, relative: string) => `URI="${base}${relative}"`)
          .replace(
            GROUP,
            (_, attribute: string, group: string) => `${attribute}="${group}-${name}"`,
          );
  return [
    `${moved}${identity(tag, { target, name })}`,
    ...(uri === undefined ? [] : [`${base ?? ""}${uri}`]),
  ];
}

/** What tells a player that entries of two pathways are the same. */
function identity(tag: string, { target, name }: { target: string | undefined; name: string }) {
  const stable = target?.replace(/[^\w+/=.-]+/g, "_");
  if (!tag.startsWith(RENDITION)) return `,PATHWAY-ID="${name}",STABLE-VARIANT-ID="${stable}"`;
  return stable === undefined ? "" : `,STABLE-RENDITION-ID="${stable}"`;
}
