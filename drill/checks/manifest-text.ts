/**
 * A manifest without what differs between hosts by design: each host's own name, and what steers
 * players from one to the other (HLS `EXT-X-CONTENT-STEERING`, DASH `ContentSteering`).
 */
export function comparable(text: string, hosts: readonly string[]): string {
  let rest = text
    .replaceAll(/^#EXT-X-CONTENT-STEERING:.*\r?\n?/gm, "")
    .replaceAll(/\s*<ContentSteering\b[^>]*(?:\/>|>[^<]*<\/ContentSteering>)/g, "");
  for (const host of [...hosts].sort((a, b) => b.length - a.length)) {
    rest = rest.replaceAll(host, "{host}");
  }
  return rest;
}
