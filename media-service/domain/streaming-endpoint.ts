import { isIP } from "node:net";
import { InvalidInputError } from "./errors";

/** States of a streaming endpoint; SDK clients refuse any other text. */
export type StreamingEndpointState = "Stopped" | "Starting" | "Running" | "Scaling" | "Stopping";

/** Addresses that may use an endpoint. */
export interface AllowedAddress {
  readonly name: string | null;
  readonly address: string | null;
  readonly subnetPrefixLength: number | null;
}

/** A key with which Akamai signs its requests to an endpoint. */
export interface AkamaiSignatureKey {
  readonly identifier: string | null;
  readonly base64Key: string | null;
  /** ISO 8601, UTC. */
  readonly expiration: string | null;
}

/** Who may use an endpoint. */
export interface EndpointAccessControl {
  readonly allowedAddresses: readonly AllowedAddress[] | null;
  readonly akamaiKeys: readonly AkamaiSignatureKey[] | null;
}

/** Media Services v2, "StreamingEndpoint": what serves origin locators. */
export interface StreamingEndpoint extends StreamingEndpointSettings {
  readonly id: string;
  readonly created: Date;
  readonly lastModified: Date;
  readonly state: StreamingEndpointState;
}

/** What a client chooses of a streaming endpoint; null where it has not. */
export interface StreamingEndpointSettings {
  readonly name: string;
  readonly description: string | null;
  readonly scaleUnits: number;
  readonly cdnEnabled: boolean;
  readonly cdnProvider: string | null;
  readonly cdnProfile: string | null;
  readonly version: string | null;
  readonly customHostNames: readonly string[] | null;
  readonly accessControl: EndpointAccessControl | null;
  readonly maxAgeSeconds: number | null;
  readonly clientAccessPolicy: string | null;
  readonly crossDomainPolicy: string | null;
}

/** Media Services v2, "Operation": how a long-running call went. */
export interface Operation {
  readonly id: string;
  readonly targetEntityId: string;
  readonly state: "Succeeded" | "Failed" | "InProgress";
  readonly created: Date;
}

/** Name of the endpoint that every account has from its beginning. */
export const DEFAULT_ENDPOINT = "default";
/** Streaming endpoints that an account can have (Media Services v2, "Quotas and limitations"). */
export const MAX_STREAMING_ENDPOINTS = 2;

const MAX_SCALE_UNITS = 10;
const MAX_DESCRIPTION_LENGTH = 1024;
const MAX_POLICY_LENGTH = 30_000;
const MAX_ENTRIES = 100;
// Media Services v2, "StreamingEndpoint", Name: part of the endpoint's host name.
const NAME = /^(?=.{1,24}$)[a-z0-9](?:-?[a-z0-9])*$/i;
const HOST_NAME =
  /^(?=.{1,253}$)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)+$/i;
const CDN_PROVIDERS = ["StandardVerizon", "PremiumVerizon", "StandardAkamai"];
const VERSIONS = ["1.0", "2.0"];

/**
 * Checks what a client chose of a streaming endpoint.
 *
 * @throws InvalidInputError naming the property.
 */
export function checkStreamingEndpoint(endpoint: StreamingEndpointSettings): void {
  const { name, version, cdnProvider, maxAgeSeconds } = endpoint;
  if (!NAME.test(name)) {
    throw new InvalidInputError(
      "Name must have 1 to 24 letters and digits, with single hyphens between them",
    );
  }
  checkScaleUnits(endpoint.scaleUnits);
  oneOf("StreamingEndpointVersion", version, VERSIONS);
  oneOf("CdnProvider", cdnProvider, CDN_PROVIDERS);
  atMost("Description", endpoint.description, MAX_DESCRIPTION_LENGTH);
  atMost("CdnProfile", endpoint.cdnProfile, MAX_DESCRIPTION_LENGTH);
  atMost("ClientAccessPolicy", endpoint.clientAccessPolicy, MAX_POLICY_LENGTH);
  atMost("CrossDomainPolicy", endpoint.crossDomainPolicy, MAX_POLICY_LENGTH);
  if (maxAgeSeconds !== null && maxAgeSeconds < 0) {
    throw new InvalidInputError(`CacheControl: MaxAge must not be negative, got ${maxAgeSeconds}`);
  }
  checkHostNames(endpoint.customHostNames ?? []);
  checkAccessControl(endpoint.accessControl);
}

/**
 * Checks a number of scale units.
 *
 * @throws InvalidInputError when there are not so many.
 */
export function checkScaleUnits(scaleUnits: number): void {
  if (!Number.isInteger(scaleUnits) || scaleUnits < 0 || scaleUnits > MAX_SCALE_UNITS) {
    throw new InvalidInputError(
      `ScaleUnits must be a whole number from 0 to ${MAX_SCALE_UNITS}, got ${scaleUnits}`,
    );
  }
}

function checkHostNames(names: readonly string[]): void {
  if (names.length > MAX_ENTRIES) throw tooMany("CustomHostNames");
  const wrong = names.find((name) => !HOST_NAME.test(name));
  if (wrong !== undefined) {
    throw new InvalidInputError(`CustomHostNames: '${wrong.slice(0, 100)}' is not a host name`);
  }
}

function checkAccessControl(control: EndpointAccessControl | null): void {
  const { allowedAddresses, akamaiKeys } = control ?? { allowedAddresses: null, akamaiKeys: null };
  if ((allowedAddresses ?? []).length > MAX_ENTRIES) throw tooMany("AccessControl: IP");
  if ((akamaiKeys ?? []).length > MAX_ENTRIES) throw tooMany("AccessControl: Akamai");
  for (const range of allowedAddresses ?? []) checkRange(range);
}

function checkRange({ address, subnetPrefixLength }: AllowedAddress): void {
  const family = isIP(address ?? "");
  const prefix = subnetPrefixLength ?? 0;
  if (family === 0 || prefix < 0 || prefix > (family === 6 ? 128 : 32)) {
    throw new InvalidInputError(
      `AccessControl: '${(address ?? "").slice(0, 60)}/${prefix}' is not a range of IP addresses`,
    );
  }
}

function oneOf(property: string, value: string | null, known: readonly string[]): void {
  if (value === null || known.includes(value)) return;
  throw new InvalidInputError(
    `${property} must be one of ${known.join(", ")}, not '${value.slice(0, 60)}'`,
  );
}

function atMost(property: string, value: string | null, length: number): void {
  if ((value?.length ?? 0) > length) {
    throw new InvalidInputError(`${property} may have at most ${length} characters`);
  }
}

function tooMany(property: string): InvalidInputError {
  return new InvalidInputError(`${property} may have at most ${MAX_ENTRIES} entries`);
}
