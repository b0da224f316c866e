/** What the head of an HTTP answer says of what follows it. */
export interface AnswerHead {
  readonly status: number;
  /** Of the body; undefined where the head does not simply tell. */
  readonly sizeBytes: number | undefined;
  /** Whether the connection may be used for another request after it. */
  readonly staysOpen: boolean;
}

const STATUS_LINE = /^HTTP\/1\.1 (\d{3})[ \r]/;
const LENGTHS = /\r\ncontent-length:([^\r]*)/gi;
/** A body in pieces; a value that goes on in the next line, which nobody writes any more (RFC 9112, 5.2). */
const NOT_PLAIN = /\r\n(?:transfer-encoding:|[ \t])/i;
const CLOSES = /\r\nconnection:[^\r]*\bclose\b/i;

/**
 * Reads the head of an answer (RFC 9112, 4 and 5), from its status line to the empty line.
 *
 * @returns undefined when it is none of HTTP/1.1.
 */
export function parseAnswerHead(text: string): AnswerHead | undefined {
  const status = STATUS_LINE.exec(text)?.[1];
  if (status === undefined) return undefined;
  const lengths = [...text.matchAll(LENGTHS)].map(([, value = ""]) => value.trim());
  const [length = ""] = lengths;
  // Two lengths, or a length beside pieces, are how answers are smuggled into others (RFC 9112, 6.3).
  const isPlain = lengths.length === 1 && /^\d+$/.test(length) && !NOT_PLAIN.test(text);
  return {
    status: Number(status),
    sizeBytes: isPlain ? Number(length) : undefined,
    staysOpen: !CLOSES.test(text),
  };
}
