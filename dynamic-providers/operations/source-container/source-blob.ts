/** The version of a blob that a library takes a video from. */
export interface SourceBlob {
  /** Address of its container. */
  readonly container: string;
  /** Without quotes. */
  readonly etag: string;
  readonly sizeBytes: number;
  /** Its Content-MD5 as Base64, where it has one. */
  readonly md5?: string | undefined;
}

/**
 * What tells a blob's content from any other without reading it: its Content-MD5, and where it has none
 * its ETag, which changes with every write. Both together with the length.
 */
export function contentTagOf({ etag, sizeBytes, md5 }: Omit<SourceBlob, "container">): string {
  return md5 === undefined ? `etag:${etag}:${sizeBytes}` : `md5:${md5}:${sizeBytes}`;
}

/** Whether an input is such a version, or none. */
export function isSourceBlob(value: unknown): boolean {
  if (value === undefined) return true;
  if (typeof value !== "object" || value === null) return false;
  const { container, etag, sizeBytes } = value as Partial<SourceBlob>;
  const texts = [container, etag].every((text) => typeof text === "string" && text !== "");
  return texts && Number.isInteger(sizeBytes);
}
