import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";

/** An encoding in which the edge can answer. */
export type Encoding = "br" | "gzip";

/**
 * Sizes that Front Door compresses.
 *
 * @see https://learn.microsoft.com/azure/frontdoor/standard-premium/how-to-compression
 */
const smallestBytes = 1024;
const largestBytes = 8 * 1024 * 1024;
/** Quick enough to be done while a client waits. */
const brotliQuality = 5;

/** What is compressed where a route names no types. */
export const defaultCompressedTypes: readonly string[] = [
  "application/eot",
  "application/font",
  "application/font-sfnt",
  "application/javascript",
  "application/json",
  "application/opentype",
  "application/otf",
  "application/pkcs7-mime",
  "application/truetype",
  "application/ttf",
  "application/vnd.ms-fontobject",
  "application/x-font-opentype",
  "application/x-font-truetype",
  "application/x-font-ttf",
  "application/x-httpd-cgi",
  "application/x-javascript",
  "application/x-mpegurl",
  "application/x-opentype",
  "application/x-otf",
  "application/x-perl",
  "application/x-ttf",
  "application/xhtml+xml",
  "application/xml",
  "application/xml+rss",
  "font/eot",
  "font/opentype",
  "font/otf",
  "font/ttf",
  "image/svg+xml",
  "text/css",
  "text/csv",
  "text/html",
  "text/javascript",
  "text/js",
  "text/plain",
  "text/richtext",
  "text/tab-separated-values",
  "text/x-component",
  "text/x-java-source",
  "text/x-script",
  "text/xml",
];

/** The encoding for a client: brotli before gzip, none that it doesn't take (RFC 9110, 12.5.3). */
export function acceptedEncoding(header: string | undefined): Encoding | undefined {
  if (header === undefined || header === "") return undefined;
  const weights = new Map(
    header.split(",").map((part) => {
      const [name = "", ...parameters] = part.split(";").map((text) => text.trim().toLowerCase());
      const weight = parameters.find((text) => text.startsWith("q="))?.slice(2);
      return [name, weight === undefined ? 1 : Number(weight)] as const;
    }),
  );
  const takes = (name: string): boolean => (weights.get(name) ?? weights.get("*") ?? 0) > 0;
  if (takes("br")) return "br";
  return takes("gzip") ? "gzip" : undefined;
}

/** Whether Front Door would compress a body. */
export function isCompressible(
  body: { type: string | undefined; encoding: string | undefined; sizeBytes: number },
  types: ReadonlySet<string>,
): boolean {
  const { type = "", encoding = "identity", sizeBytes } = body;
  if (encoding !== "identity" || sizeBytes < smallestBytes || sizeBytes > largestBytes)
    return false;
  return types.has((type.split(";")[0] ?? "").trim().toLowerCase());
}

/** Compresses off the main thread. */
export function compressed(body: Buffer, encoding: Encoding): Promise<Buffer> {
  if (encoding === "gzip") return promisify(gzip)(body);
  return promisify(brotliCompress)(body, {
    params: { [constants.BROTLI_PARAM_QUALITY]: brotliQuality },
  });
}
