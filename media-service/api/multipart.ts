import { InvalidInputError } from "../domain/errors";

/** A part of a multipart body. */
export interface Part {
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const MAX_PARTS = 100;
const MAX_BOUNDARY_LENGTH = 70;

/**
 * The boundary in the Content-Type of a multipart body; undefined when it is none (RFC 2046, 5.1).
 */
export function boundaryOf(contentType: string | undefined): string | undefined {
  const match = /^multipart\/mixed\s*;.*?boundary=(?:"([^"]+)"|([^\s;]+))/is.exec(
    contentType ?? "",
  );
  const boundary = match?.[1] ?? match?.[2];
  return boundary !== undefined && boundary.length <= MAX_BOUNDARY_LENGTH ? boundary : undefined;
}

/**
 * Takes a multipart body apart.
 *
 * @throws InvalidInputError when it has no parts, too many, or no end.
 */
export function readParts(body: string, boundary: string): Part[] {
  // What follows a boundary ends its line: another boundary may begin with the same characters.
  const delimiter = new RegExp(
    `\\r\\n--${boundary.replace(/[^\w]/g, "\\$&")}(?=(?:--)?[ \\t]*(?:\\r\\n|$))`,
  );
  const pieces = `\r\n${body.replace(/\r?\n/g, "\r\n")}`.split(delimiter);
  const last = pieces.pop() ?? "";
  const parts = pieces.slice(1);
  if (!last.startsWith("--") || parts.length === 0 || parts.length > MAX_PARTS) {
    throw new InvalidInputError(
      `The multipart body must have 1 to ${MAX_PARTS} parts and end with --${boundary}--`,
    );
  }
  return parts.map((part) => readHead(part.slice(part.indexOf("\r\n") + 2)));
}

/** Splits what begins with header lines, then an empty line. */
export function readHead(text: string): Part {
  const isHeadless = text.startsWith("\r\n");
  const end = text.indexOf("\r\n\r\n");
  const head = isHeadless ? "" : text.slice(0, end === -1 ? text.length : end);
  const bodyStart = isHeadless ? 2 : end + 4;
  const headers = head.split("\r\n").flatMap((line) => {
    const colon = line.indexOf(":");
    const name = line.slice(0, colon).trim().toLowerCase();
    return colon === -1 ? [] : [[name, line.slice(colon + 1).trim()] as const];
  });
  return {
    headers: Object.fromEntries(headers),
    body: end === -1 && !isHeadless ? "" : text.slice(bodyStart),
  };
}
