import type { IncomingHttpHeaders } from "node:http";
import { compressed, type Encoding } from "./compression";
import type { Representation, WholeResponse } from "./edge-cache";
import { endToEndHeaders, flatHeaders, without } from "./message-headers";
import type { OriginAnswer } from "./origin-request";

/** An origin's answer, read to its end, in the form in which it can be given many times. */
export function wholeResponse(
  answer: Pick<OriginAnswer, "origin" | "status" | "headers" | "start">,
  options: { storedAt: number; compressible: boolean },
): WholeResponse {
  const headers = endToEndHeaders(answer.headers);
  const { vary } = headers;
  const varies = options.compressible
    ? { vary: vary === undefined ? "Accept-Encoding" : `${vary}, Accept-Encoding` }
    : {};
  return {
    ...options,
    status: answer.status,
    origin: answer.origin.name,
    plain: representation({ ...headers, ...varies }, answer.start),
    compressed: new Map(),
  };
}

/** The answer in an encoding; made once, however many ask for it. */
export function inEncoding(whole: WholeResponse, encoding: Encoding): Promise<Representation> {
  const known = whole.compressed.get(encoding);
  if (known !== undefined) return known;
  const { headers, body } = whole.plain;
  const made = compressed(body, encoding).then((bytes) => {
    const { etag } = headers;
    return representation(
      {
        // Checksums are of other bytes than these.
        ...without(headers, ["accept-ranges", "content-md5", "digest", "repr-digest"]),
        "content-encoding": encoding,
        ...(etag !== undefined && { etag: weak(etag) }),
      },
      bytes,
    );
  });
  whole.compressed.set(encoding, made);
  return made;
}

function representation(headers: IncomingHttpHeaders, body: Buffer): Representation {
  return { headers, rawHeaders: flatHeaders(headers), body };
}

/** Bytes differ, meaning doesn't: a weak tag (RFC 9110, 8.8.3). */
function weak(etag: string): string {
  return etag.startsWith("W/") ? etag : `W/${etag}`;
}

/** Whether a client's If-None-Match names the tag, compared weakly (RFC 9110, 13.1.2). */
export function namesTag(header: string | undefined, etag: string | undefined): boolean {
  if (header === undefined || etag === undefined) return false;
  if (header.trim() === "*") return true;
  const strong = (tag: string): string => tag.trim().replace(/^W\//, "");
  return header.split(",").some((tag) => strong(tag) === strong(etag));
}
