/** Part of a body; both ends are included. */
export interface ByteRange {
  first: number;
  last: number;
}

/**
 * The one range that a request asks for; `undefined` when the whole body is to be sent, which also
 * answers several ranges and other units (RFC 9110, 14.2).
 *
 * @returns `"unsatisfiable"` when the range lies behind the end.
 */
export function requestedRange(
  header: string | undefined,
  sizeBytes: number,
): ByteRange | "unsatisfiable" | undefined {
  const [, from, to] = /^bytes=(\d*)-(\d*)$/.exec(header ?? "") ?? [];
  if (from === undefined || to === undefined || (from === "" && to === "")) return undefined;
  return from === "" ? lastBytes(Number(to), sizeBytes) : fromTo({ from, to }, sizeBytes);
}

function lastBytes(count: number, sizeBytes: number): ByteRange | "unsatisfiable" {
  if (count === 0 || sizeBytes === 0) return "unsatisfiable";
  return { first: Math.max(0, sizeBytes - count), last: sizeBytes - 1 };
}

function fromTo(
  { from, to }: { from: string; to: string },
  sizeBytes: number,
): ByteRange | "unsatisfiable" | undefined {
  const first = Number(from);
  const last = to === "" ? sizeBytes - 1 : Math.min(Number(to), sizeBytes - 1);
  if (to !== "" && Number(to) < first) return undefined;
  return first >= sizeBytes ? "unsatisfiable" : { first, last };
}
