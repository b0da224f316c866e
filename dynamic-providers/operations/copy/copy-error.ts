import { storageBlob } from "../storage-blob";

/** What kind of fault stopped a copy; stable, for callers and tests. */
export type CopyErrorCode =
  | "InvalidStore"
  | "StoreRefused"
  | "ServerSideRefused"
  | "ServerSideFailed"
  | "SourceChanged"
  | "SourceDamaged"
  | "TargetChanged"
  | "TargetConflict"
  | "TargetDiffers"
  | "Interrupted";

/** A copy that could not be finished; the message says which blob, what happened and what to do. */
export class CopyError extends Error {
  /** The kind of fault. */
  readonly code: CopyErrorCode;

  constructor(code: CopyErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = "CopyError";
    this.code = code;
  }
}

/** HTTP status of a store's answer; undefined when there was no answer. */
export function statusOf(error: unknown): number | undefined {
  return error instanceof storageBlob().RestError ? error.statusCode : undefined;
}

/** The store's own error code, for example `CannotVerifyCopySource`; empty when it gave none. */
export function storeCodeOf(error: unknown): string {
  if (!(error instanceof storageBlob().RestError)) return "";
  // A HEAD has no body: the code is in a header then, and the SDK leaves `code` empty.
  return error.code ?? error.response?.headers.get("x-ms-error-code") ?? "";
}

/** What is no store may answer anything. */
const LONGEST_LINE = 500;

/** One line about an error that never holds a URL, and so no signature. */
export function describeStoreError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const firstLine = (error.message.split("\n")[0] ?? "")
    .slice(0, LONGEST_LINE)
    .replace(/https?:\/\/\S+/g, "(url)")
    .trim();
  const status = statusOf(error);
  const code = storeCodeOf(error);
  const facts = [
    ...(status === undefined ? [] : [`HTTP ${status}`]),
    ...(code === "" ? [] : [code]),
  ];
  return facts.length === 0 ? firstLine : `${facts.join(" ")}: ${firstLine}`;
}

/**
 * Turns what a store answered into a {@link CopyError} that names what was being done; an error that
 * names it already passes through.
 */
export function toCopyError(error: unknown, doing: string): CopyError {
  if (error instanceof CopyError) {
    if (error.code !== "Interrupted") return error;
    return new CopyError("Interrupted", `${doing} failed: ${error.message}`, error);
  }
  return new CopyError("StoreRefused", `${doing} failed: ${describeStoreError(error)}`, error);
}
