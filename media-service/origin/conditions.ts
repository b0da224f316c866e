import type { IncomingHttpHeaders } from "node:http";

/** What a client can hold against what it has (RFC 9110, 8.8). */
export interface Validators {
  /** Strong, with its quotes. */
  readonly etag: string;
  readonly lastModified?: Date;
}

type Conditions = Pick<IncomingHttpHeaders, "if-none-match" | "if-modified-since"> & {
  readonly "if-range"?: string | string[] | undefined;
};

/** Whether the client has this very version (RFC 9110, 13.2.2: tags count before dates). */
export function isUnchanged(headers: Conditions, { etag, lastModified }: Validators): boolean {
  const tags = headers["if-none-match"];
  if (tags !== undefined) return matchesEntityTag(tags, etag);
  const since = Date.parse(headers["if-modified-since"] ?? "");
  return lastModified !== undefined && wholeSeconds(lastModified) <= since;
}

/** Whether a `Range` header counts: not when the client's part is of another version (RFC 9110, 13.1.5). */
export function mayBeContinued(headers: Conditions, { etag, lastModified }: Validators): boolean {
  const condition = headers["if-range"];
  if (typeof condition !== "string" || condition === etag) return true;
  return lastModified !== undefined && Date.parse(condition) === wholeSeconds(lastModified);
}

/** Whether an `If-None-Match` header names an entity tag (RFC 9110, 13.1.2; weak comparison). */
export function matchesEntityTag(header: string, etag: string): boolean {
  return header
    .split(",")
    .map((tag) => tag.trim().replace(/^W\//, ""))
    .some((tag) => tag === "*" || tag === etag);
}

/** As HTTP tells times: without fractions of a second. */
function wholeSeconds(date: Date): number {
  return Math.floor(date.getTime() / 1000) * 1000;
}
