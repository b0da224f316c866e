import { createHash } from "node:crypto";
import pLimit from "p-limit";
import type { DeployedVideo } from "../deployment/deployment";
import type { Check } from "../report/drill-report";
import { dashSegments } from "./dash";
import { fetchBytes, fetchText } from "./fetch-whole";
import { hlsPlaylists, hlsSegments, type ListedSegment } from "./hls";
import { comparable, withoutSteering } from "./manifest-text";
import { smoothSegments } from "./smooth";

/** How thoroughly, and over which hosts. */
export interface Comparison {
  /** Hosts in a stack's outputs; the first one is what the others are compared with. */
  hosts: readonly string[];
  /** Segments of each quality; undefined: all. */
  sample: number | undefined;
  /** Stops it between two answers. */
  signal: AbortSignal;
}

/** What one host offers of one protocol. */
interface Offer {
  /** Comparable manifests by path and query. */
  manifests: Map<string, string>;
  /** Segments of each quality. */
  qualities: ListedSegment[][];
}

const loadedAtOnce = 6;

/** Compares paths, manifests and segments of one video on all hosts. */
export async function compareVideo(video: DeployedVideo, comparison: Comparison): Promise<Check[]> {
  const { hosts } = comparison;
  const protocols = [...new Set(hosts.flatMap((host) => Object.keys(video.urls[host] ?? {})))];
  const checks: Check[] = [];
  for (const protocol of protocols) {
    comparison.signal.throwIfAborted();
    const subject = `${video.name} ${protocol}`;
    const urls = new Map(hosts.map((host) => [host, video.urls[host]?.[protocol]]));
    checks.push(comparePaths(subject, urls));
    checks.push(...(await compareOffers(subject, { urls, protocol, comparison })));
  }
  return checks;
}

function comparePaths(subject: string, urls: Map<string, string | undefined>): Check {
  const paths = [...urls].map(([host, url]) => [host, url && pathOf(url)] as const);
  const different = paths.filter(([, path]) => path !== paths[0]?.[1]).map(([host]) => host);
  const path = paths[0]?.[1] ?? "(none)";
  return {
    kind: "path",
    subject,
    ok: different.length === 0,
    detail: different.length === 0 ? path : `${path}, but not on ${different.join(", ")}`,
  };
}

async function compareOffers(
  subject: string,
  given: { urls: Map<string, string | undefined>; protocol: string; comparison: Comparison },
): Promise<Check[]> {
  const { urls, protocol, comparison } = given;
  const names = [...urls.values()].flatMap((url) => (url === undefined ? [] : [new URL(url).host]));
  const offers = new Map<string, Offer>();
  const failures: string[] = [];
  for (const [host, url] of urls) {
    try {
      if (url !== undefined) offers.set(host, await loadOffer(url, protocol, names));
    } catch (error) {
      failures.push(`${host}: ${said(error)}`);
    }
  }
  const manifests = compareManifests(offers);
  failures.push(...manifests.differences);
  const checks: Check[] = [
    {
      kind: "manifest",
      subject,
      ok: failures.length === 0 && offers.size === urls.size,
      detail:
        listed(failures) ||
        `${manifests.count === 1 ? "the manifest is" : `all ${manifests.count} manifests are`} byte for byte the same`,
    },
  ];
  // Where nothing could be read, that has been said.
  if (offers.size > 0) checks.push(await compareSegments(subject, offers, comparison));
  return checks;
}

async function loadOffer(url: string, protocol: string, hosts: string[]): Promise<Offer> {
  const text = withoutSteering(await fetchText(url));
  const manifests = new Map([[pathOf(url), comparable(text, hosts)]]);
  if (protocol.startsWith("dash")) {
    return { manifests, qualities: [...dashSegments(text, url).values()] };
  }
  if (protocol.startsWith("smooth")) return { manifests, qualities: smoothSegments(text, url) };
  if (!protocol.startsWith("hls")) return { manifests, qualities: [] };
  const qualities: ListedSegment[][] = [];
  for (const playlist of hlsPlaylists(text, url)) {
    const media = await fetchText(playlist);
    manifests.set(pathOf(playlist), comparable(media, hosts));
    qualities.push(hlsSegments(media, playlist));
  }
  return { manifests, qualities };
}

function compareManifests(offers: Map<string, Offer>): { differences: string[]; count: number } {
  const [[first, reference] = ["", undefined]] = offers;
  const differences: string[] = [];
  for (const [host, { manifests }] of offers) {
    const paths = new Set([...manifests.keys(), ...(reference?.manifests.keys() ?? [])]);
    for (const path of paths) {
      if (manifests.get(path) === reference?.manifests.get(path)) continue;
      differences.push(`${path} differs between ${first} and ${host}`);
    }
  }
  return { differences, count: reference?.manifests.size ?? 0 };
}

async function compareSegments(
  subject: string,
  offers: Map<string, Offer>,
  { sample, signal }: Comparison,
): Promise<Check> {
  const limit = pLimit(loadedAtOnce);
  const hashes = new Map<string, Map<string, string>>();
  let bytes = 0;
  let listedCount = 0;
  const hosts = [...offers.keys()];
  const work = hosts.flatMap((host) =>
    (offers.get(host)?.qualities ?? []).flatMap((quality) => {
      listedCount += quality.length;
      return spread(quality, sample).map(({ url }) =>
        limit(async () => {
          signal.throwIfAborted();
          const path = pathOf(url);
          const byHost = hashes.get(path) ?? new Map<string, string>();
          hashes.set(path, byHost);
          try {
            const body = await fetchBytes(url);
            bytes += body.length;
            byHost.set(host, createHash("sha256").update(body).digest("hex"));
          } catch (error) {
            byHost.set(host, said(error));
          }
        }),
      );
    }),
  );
  await Promise.all(work);
  const wrong = [...hashes].flatMap(([path, byHost]) => differenceOf(path, byHost, hosts));
  const total = Math.round(listedCount / Math.max(1, hosts.length));
  const which = sample === undefined ? `all ${hashes.size}` : `${hashes.size} of ${total}`;
  const found = `${which} segments have the same SHA-256 on ${hosts.join(", ")} (${(bytes / 1e6).toFixed(1)} MB read)`;
  const detail = hashes.size === 0 ? "no segment is listed" : listed(wrong) || found;
  return { kind: "segments", subject, ok: hashes.size > 0 && wrong.length === 0, detail };
}

function differenceOf(path: string, byHost: Map<string, string>, hosts: string[]): string[] {
  const found = hosts.map((host) => byHost.get(host) ?? "not offered");
  if (new Set(found).size === 1 && /^[0-9a-f]{64}$/.test(found[0] ?? "")) return [];
  return [
    `${path}: ${hosts.map((host, i) => `${host} ${found[i]?.slice(0, 40) ?? ""}`).join(", ")}`,
  ];
}

/** So many, evenly spread, with the first and the last. */
export function spread<T>(all: readonly T[], count: number | undefined): readonly T[] {
  if (count === undefined || count >= all.length) return all;
  if (count === 1) return all.slice(0, 1);
  const step = (all.length - 1) / (count - 1);
  return Array.from({ length: count }, (_, i) => all[Math.round(i * step)] as T);
}

function pathOf(url: string): string {
  const { pathname, search } = new URL(url);
  return pathname + search;
}

function said(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The first few; the rest is counted. */
function listed(lines: readonly string[]): string {
  const more = lines.length - 5;
  return [...lines.slice(0, 5), ...(more > 0 ? [`and ${more} more`] : [])].join("; ");
}
