/** A part of a body; both ends belong to it. */
export interface BodyRange {
  readonly start: number;
  readonly end: number;
}

/**
 * Reads a `Range` header (RFC 9110, 14.2): undefined means the whole body, which is also the answer to
 * what is not understood or asks for several parts.
 *
 * @returns "unsatisfiable" when no byte of the body is asked for.
 */
export function parseRange(
  header: string | undefined,
  sizeBytes: number,
): BodyRange | "unsatisfiable" | undefined {
  const given = /^bytes=(?:(\d{1,15})-(\d{0,15})|-(\d{1,15}))$/i.exec(header?.trim() ?? "");
  if (!given) return undefined;
  const [, from, to, suffix] = given;
  const last = sizeBytes - 1;
  const start = from === undefined ? Math.max(0, sizeBytes - Number(suffix)) : Number(from);
  const end = from === undefined || to === "" ? last : Number(to);
  if (start > last) return "unsatisfiable";
  return end < start ? undefined : { start, end: Math.min(end, last) };
}
