const absoluteUri = /URI="https?:/;

/**
 * A manifest without what steers players between hosts: HLS `EXT-X-CONTENT-STEERING` with the entries of
 * other pathways, DASH `ContentSteering` with its base URLs. What is left is what the host itself offers.
 */
export function withoutSteering(text: string): string {
  const inUse = /^#EXT-X-CONTENT-STEERING:.*PATHWAY-ID="([^"]+)"/m.exec(text)?.[1];
  const own = inUse === undefined ? text : ownEntries(text, inUse);
  return own
    .replaceAll(/^#EXT-X-CONTENT-STEERING:.*\r?\n?/gm, "")
    .replaceAll(/\s*<ContentSteering\b[^>]*(?:\/>|>[^<]*<\/ContentSteering>)/g, "")
    .replaceAll(/\s*<BaseURL serviceLocation="[^"]*">[^<]*<\/BaseURL>/g, "");
}

/** A manifest as it must be the same on all hosts: unsteered, and without each host's own name. */
export function comparable(text: string, hosts: readonly string[]): string {
  let rest = withoutSteering(text);
  for (const host of [...hosts].sort((a, b) => b.length - a.length)) {
    rest = rest.replaceAll(host, "{host}");
  }
  return rest;
}

function ownEntries(text: string, inUse: string): string {
  const kept: string[] = [];
  let dropNext = false;
  for (const line of text.split("\n")) {
    if (dropNext) {
      dropNext = false;
      continue;
    }
    const pathway = /,PATHWAY-ID="([^"]+)"/.exec(line)?.[1];
    const isVariant = /^#EXT-X-(?:I-FRAME-)?STREAM-INF:/.test(line);
    if (isVariant && pathway !== undefined && pathway !== inUse) {
      dropNext = line.startsWith("#EXT-X-STREAM-INF:");
    } else if (!(line.startsWith("#EXT-X-MEDIA:") && absoluteUri.test(line))) {
      kept.push(isVariant ? line.replace(/,PATHWAY-ID="[^"]+"/, "") : line);
    }
  }
  return kept.join("\n");
}
