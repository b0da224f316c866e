import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";

/** A way to make texts smaller (RFC 9110, 8.4). */
export type ContentEncoding = "br" | "gzip";

/** Half way: the strongest costs ten times as much for a tenth less. */
const BROTLI_QUALITY = 5;

/** Manifests and playlists: texts that repeat themselves. Media is compressed already. */
export function isManifestType(contentType: string): boolean {
  return /mpegurl|xml/.test(contentType);
}

/** The best encoding that an `Accept-Encoding` header allows (RFC 9110, 12.5.3). */
export function acceptedEncoding(header: string | undefined): ContentEncoding | undefined {
  const qualities = new Map<string, number>();
  for (const item of (header ?? "").slice(0, 1000).split(",")) {
    const [name = "", ...parameters] = item.split(";").map((part) => part.trim().toLowerCase());
    const weight = parameters.find((parameter) => parameter.startsWith("q="))?.slice(2) ?? "1";
    qualities.set(name, Number(weight) || 0);
  }
  const quality = (name: string): number => qualities.get(name) ?? qualities.get("*") ?? 0;
  if (quality("br") === 0 && quality("gzip") === 0) return undefined;
  return quality("br") >= quality("gzip") ? "br" : "gzip";
}

/** Compresses a text, off the main thread. */
export function compress(bytes: Buffer, encoding: ContentEncoding): Promise<Buffer> {
  if (encoding === "gzip") return promisify(gzip)(bytes);
  return promisify(brotliCompress)(bytes, {
    params: {
      [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT,
      [constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY,
      [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
    },
  });
}
