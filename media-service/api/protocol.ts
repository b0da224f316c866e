import { InvalidInputError } from "../domain/errors";
import type { ApiRequest } from "./http";
import type { Wishes } from "./representations/choose-representation";

type Headers = ApiRequest["headers"];

const OLDEST_MINOR = 0;
const NEWEST_MINOR = 19;
const NEWEST_PROTOCOL = 3;
const PROTOCOL = /^(\d{1,3})\.\d{1,3}\s*(?:;.*)?$/s;
const TUNNELLED = ["MERGE", "PUT", "PATCH", "DELETE"];

/** What a request says of the form of its answer. */
export function wishesOf(headers: Headers, query: URLSearchParams): Wishes {
  const version = Math.min(protocolOf(headers["maxdataserviceversion"]) ?? 3, NEWEST_PROTOCOL);
  return { accept: headers["accept"], format: query.get("$format") ?? undefined, version };
}

/**
 * Checks that a request speaks versions of the API and of OData that are offered. `$metadata` may be asked
 * with `api-version` in the query instead of the header.
 *
 * @throws InvalidInputError naming the header.
 */
export function checkVersions({ headers, query }: Pick<ApiRequest, "headers" | "query">): void {
  const version = headers["x-ms-version"] ?? query.get("api-version") ?? "";
  const minor = /^2\.(\d{1,2})$/.exec(version)?.[1];
  if (minor === undefined || Number(minor) < OLDEST_MINOR || Number(minor) > NEWEST_MINOR) {
    throw new InvalidInputError(
      `The header x-ms-version must be 2.${OLDEST_MINOR} to 2.${NEWEST_MINOR}, got '${version.slice(0, 40)}'`,
    );
  }
  const spoken = readProtocol(headers, "DataServiceVersion");
  if ((spoken ?? NEWEST_PROTOCOL) > NEWEST_PROTOCOL) {
    throw new InvalidInputError(`DataServiceVersion ${spoken}.0 is not offered: 3.0 is the newest`);
  }
  readProtocol(headers, "MaxDataServiceVersion");
}

/**
 * The method that is meant by one that may be tunnelled in a POST.
 *
 * @throws InvalidInputError when that can't be.
 */
export function methodMeant(method: string, tunnelled: string | undefined): string {
  if (tunnelled === undefined) return method;
  const meant = tunnelled.trim().toUpperCase();
  if (method !== "POST" || !TUNNELLED.includes(meant)) {
    throw new InvalidInputError(
      `X-HTTP-Method must be ${TUNNELLED.join(", ")} in a POST, got '${tunnelled.slice(0, 40)}' in a ${method}`,
    );
  }
  return meant;
}

function readProtocol(headers: Headers, name: string): number | undefined {
  const text = headers[name.toLowerCase()];
  const version = protocolOf(text);
  if (text !== undefined && version === undefined) {
    throw new InvalidInputError(`${name} must be a version like 3.0, got '${text.slice(0, 40)}'`);
  }
  return version;
}

function protocolOf(text: string | undefined): number | undefined {
  const major = PROTOCOL.exec(text?.trim() ?? "")?.[1];
  return major === undefined || Number(major) < 1 ? undefined : Number(major);
}
