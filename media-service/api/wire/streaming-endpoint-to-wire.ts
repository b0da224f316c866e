import type {
  EndpointAccessControl,
  StreamingEndpoint,
  StreamingEndpointSettings,
} from "../../domain/streaming-endpoint";
import type { Value, WireEntity, WireValue } from "../../odata/edm";
import type { EntityBody } from "../../odata/entity-body";
import type { AccountDeps } from "../../services/account-deps";

/** The version of an endpoint that was made before clients could choose one. */
const DEFAULT_VERSION = "2.0";

/** A streaming endpoint as clients see it. */
export function endpointToWire(
  { account }: Pick<AccountDeps, "account">,
  endpoint: StreamingEndpoint,
): WireEntity {
  const { clientAccessPolicy, crossDomainPolicy, maxAgeSeconds } = endpoint;
  const hasPolicies = clientAccessPolicy !== null || crossDomainPolicy !== null;
  return {
    Id: endpoint.id,
    Name: endpoint.name,
    Description: endpoint.description,
    Created: endpoint.created,
    LastModified: endpoint.lastModified,
    State: endpoint.state,
    // All endpoints are served by the same origin, under its one name.
    HostName: account.streamingBaseUrl.replace(/^https?:\/\//, ""),
    ScaleUnits: endpoint.scaleUnits,
    CustomHostNames: endpoint.customHostNames ?? [],
    AccessControl: accessControlToWire(endpoint.accessControl),
    CacheControl: maxAgeSeconds === null ? null : { MaxAge: maxAgeSeconds },
    CrossSiteAccessPolicies: hasPolicies
      ? { ClientAccessPolicy: clientAccessPolicy, CrossDomainPolicy: crossDomainPolicy }
      : null,
    CdnEnabled: endpoint.cdnEnabled,
    CdnProvider: endpoint.cdnProvider,
    CdnProfile: endpoint.cdnProfile,
    StreamingEndpointVersion: endpoint.version ?? DEFAULT_VERSION,
    // Nothing is charged, so there is no trial that ends.
    FreeTrialEndTime: null,
  };
}

/** What a client says of an endpoint's settings; what it leaves out is not there. */
export function endpointSettings(
  body: EntityBody,
): Partial<Omit<StreamingEndpointSettings, "name" | "scaleUnits">> {
  const settings: Record<string, unknown> = {};
  const texts = {
    Description: "description",
    CdnProvider: "cdnProvider",
    CdnProfile: "cdnProfile",
    StreamingEndpointVersion: "version",
  };
  for (const [property, field] of Object.entries(texts)) {
    if (body.has(property)) settings[field] = emptyAsNull(body.string(property));
  }
  const cdnEnabled = body.boolean("CdnEnabled");
  if (cdnEnabled !== null) settings["cdnEnabled"] = cdnEnabled;
  for (const [property, read] of Object.entries(COMPLEX)) {
    const value = body.structures.get(property);
    if (value !== undefined) Object.assign(settings, read(value));
  }
  return settings;
}

type Reader = (value: WireValue) => Partial<StreamingEndpointSettings>;

const COMPLEX: Readonly<Record<string, Reader>> = {
  CustomHostNames: (value) => ({
    customHostNames: (value as readonly Value[] | null)?.map(String) ?? null,
  }),
  AccessControl: (value) => ({ accessControl: readAccessControl(value) }),
  CacheControl: (value) => ({ maxAgeSeconds: numberOf(objectOf(value)["MaxAge"]) }),
  CrossSiteAccessPolicies: (value) => ({
    clientAccessPolicy: textOf(objectOf(value)["ClientAccessPolicy"]),
    crossDomainPolicy: textOf(objectOf(value)["CrossDomainPolicy"]),
  }),
};

function accessControlToWire(control: EndpointAccessControl | null): WireEntity | null {
  if (control === null) return null;
  const { allowedAddresses, akamaiKeys } = control;
  const allow = allowedAddresses?.map(({ name, address, subnetPrefixLength }) => ({
    Name: name,
    Address: address,
    SubnetPrefixLength: subnetPrefixLength,
  }));
  const keys = akamaiKeys?.map(({ identifier, base64Key, expiration }) => ({
    Identifier: identifier,
    Base64Key: base64Key,
    Expiration: expiration === null ? null : new Date(expiration),
  }));
  return {
    Akamai: keys === undefined ? null : { AkamaiSignatureHeaderAuthenticationKeyList: keys },
    IP: allow === undefined ? null : { Allow: allow },
  };
}

function readAccessControl(value: WireValue): EndpointAccessControl | null {
  if (value === null) return null;
  const { IP: ip, Akamai: akamai } = objectOf(value);
  const keys = objectOf(akamai)["AkamaiSignatureHeaderAuthenticationKeyList"];
  return {
    allowedAddresses:
      objectsOf(objectOf(ip)["Allow"])?.map((range) => ({
        name: textOf(range["Name"]),
        address: textOf(range["Address"]),
        subnetPrefixLength: numberOf(range["SubnetPrefixLength"]),
      })) ?? null,
    akamaiKeys:
      objectsOf(keys)?.map((key) => ({
        identifier: textOf(key["Identifier"]),
        base64Key: textOf(key["Base64Key"]),
        expiration: key["Expiration"] instanceof Date ? key["Expiration"].toISOString() : null,
      })) ?? null,
  };
}

type Part = WireValue | undefined;

function objectOf(value: Part): WireEntity {
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  return isObject ? (value as WireEntity) : {};
}

function objectsOf(value: Part): readonly WireEntity[] | undefined {
  return Array.isArray(value) ? (value as readonly WireEntity[]) : undefined;
}

function textOf(value: Part): string | null {
  return typeof value === "string" ? value : null;
}

function numberOf(value: Part): number | null {
  return typeof value === "number" ? value : null;
}

function emptyAsNull(text: string | null): string | null {
  return text === "" ? null : text;
}
