import { isEntity, type WireEntity } from "./wire-values";

/** What the caller can do about a failure. */
export type FailureKind =
  "unreachable" | "denied" | "not-found" | "conflict" | "invalid" | "busy" | "protocol" | "failed";

/** A call to a media services account that did not do what it should. The message says it all. */
export class MediaServicesError extends Error {
  /** HTTP status; undefined when there was no answer. */
  readonly status: number | undefined;
  readonly kind: FailureKind;
  /** Whether the service may have carried the request out all the same. */
  readonly ambiguous: boolean;

  constructor(
    message: string,
    details: { kind: FailureKind; status?: number; ambiguous?: boolean; cause?: unknown },
  ) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = "MediaServicesError";
    this.kind = details.kind;
    this.status = details.status;
    this.ambiguous = details.ambiguous ?? false;
  }
}

/** Whether a failure means that the thing is not there. */
export function isNotFound(error: unknown): boolean {
  return error instanceof MediaServicesError && error.kind === "not-found";
}

/** Builds the error for an answer that is not a success. */
export function errorFromAnswer(
  what: string,
  answer: { status: number; body: string; requestId: string },
): MediaServicesError {
  const kind = kindOf(answer.status);
  const said = messageOf(answer.body);
  const parts = [
    `${what} failed: the service answered ${answer.status.toString()}`,
    ...(said === "" ? [] : [`, "${said}"`]),
    ` (request ${answer.requestId}). ${REMEDIES[kind]}`,
  ];
  return new MediaServicesError(parts.join(""), {
    kind,
    status: answer.status,
    ambiguous: answer.status >= 500 && answer.status !== 503,
  });
}

const REMEDIES: Readonly<Record<FailureKind, string>> = {
  unreachable: "Check that the media service runs and can be reached, then run again.",
  denied:
    "Check the account's name and key (a rotated key reaches this resource with the next up), then run again.",
  "not-found": "Run a refresh, then up: what is gone is made again.",
  conflict: "Something of that name or id exists already; see the message, then run again.",
  invalid: "The request was refused as it stands: change what the message names.",
  busy: "The service is busy, or its store does not answer: see that the storage account is up, then run again; what was done so far is kept.",
  protocol: "Check that apiUrl is the API root of a Media Services v2 account.",
  failed:
    "See the service's log under that request id, then run again; what was done so far is kept.",
};

const KINDS = new Map<number, FailureKind>([
  [401, "denied"],
  [403, "denied"],
  [404, "not-found"],
  [409, "conflict"],
  [412, "conflict"],
  [429, "busy"],
  [503, "busy"],
]);

function kindOf(status: number): FailureKind {
  const known = KINDS.get(status);
  if (known !== undefined) return known;
  if (status < 400) return "protocol";
  return status < 500 ? "invalid" : "failed";
}

/** The text of an error body in any of its forms: verbose, wrapped in `d`, light, or XML. */
export function messageOf(body: string): string {
  const json = parseJson(body);
  if (json === undefined) return messageOfXml(body);
  const wrapped = json["d"];
  const error = json["error"] ?? json["odata.error"] ?? (isEntity(wrapped) && wrapped["error"]);
  if (typeof error === "string")
    return [error, json["error_description"]].filter(isText).join(": ");
  if (!isEntity(error)) return "";
  const message = isEntity(error["message"]) ? error["message"]["value"] : error["message"];
  return [error["code"], message].filter(isText).join(": ");
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}

function parseJson(body: string): WireEntity | undefined {
  try {
    const value: unknown = JSON.parse(body);
    return isEntity(value) ? value : undefined;
  } catch {
    return undefined; // not JSON: the caller looks for XML
  }
}

function messageOfXml(body: string): string {
  const message = /<(?:\w+:)?message\b[^>]*>([^<]*)</.exec(body)?.[1] ?? "";
  const entities: Record<string, string> = { lt: "<", gt: ">", quot: '"', apos: "'", amp: "&" };
  return message.replace(/&(lt|gt|quot|apos|amp);/g, (_, name: string) => entities[name] ?? "");
}
