import { strict as assert } from "node:assert";

/** A segment of a track, as a player loads it. */
export interface LoadedSegment {
  readonly url: string;
  readonly bytes: Buffer;
  readonly headers: Headers;
}

/** Loads a text. @throws AssertionError unless the answer is 200. */
export async function loadText(url: string): Promise<string> {
  const response = await fetch(url, { signal: AbortSignal.timeout(20_000) });
  assert.equal(response.status, 200, `${url}: ${response.status}`);
  return response.text();
}

/** Loads one segment. @throws AssertionError unless the answer is 200. */
export async function loadSegment(url: string): Promise<LoadedSegment> {
  const response = await fetch(url, { signal: AbortSignal.timeout(20_000) });
  assert.equal(response.status, 200, `${url}: ${response.status}`);
  return { url, bytes: Buffer.from(await response.arrayBuffer()), headers: response.headers };
}

/** Addresses of all media playlists of an HLS multivariant playlist. */
export async function mediaPlaylists(masterUrl: string): Promise<string[]> {
  const master = await loadText(masterUrl);
  const lines = master.split("\n");
  const variants = lines.filter((line) => line !== "" && !line.startsWith("#"));
  const groups = lines.flatMap((line) => /^#EXT-X-MEDIA:.*URI="([^"]+)"/.exec(line)?.[1] ?? []);
  return [...new Set([...variants, ...groups])].map((uri) => new URL(uri, masterUrl).href);
}

/** Addresses of the segments of one media playlist, the initialization segment first. */
export async function segmentUrls(playlistUrl: string): Promise<string[]> {
  const playlist = await loadText(playlistUrl);
  const map = /^#EXT-X-MAP:.*URI="([^"]+)"/m.exec(playlist)?.[1];
  const segments = playlist.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  return [...(map === undefined ? [] : [map]), ...segments].map(
    (uri) => new URL(uri, playlistUrl).href,
  );
}

/** The initialization segment and the first media segment of every track. */
export async function firstSegments(masterUrl: string): Promise<LoadedSegment[]> {
  const loaded: LoadedSegment[] = [];
  for (const playlist of await mediaPlaylists(masterUrl)) {
    for (const url of (await segmentUrls(playlist)).slice(0, 2))
      loaded.push(await loadSegment(url));
  }
  return loaded;
}
