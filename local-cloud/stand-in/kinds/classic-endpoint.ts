import { MediaServicesClient } from "../../../dynamic-providers/operations/media-services-client/client";
import { streamingEndpoints } from "../../../dynamic-providers/operations/media-services-client/entities";
import type { WireEntity } from "../../../dynamic-providers/operations/media-services-client/wire-values";
import { loopback } from "../../storage/port-book";
import {
  at,
  listAt,
  numberAt,
  type Properties,
  reveal,
  secret,
  textAt,
  textsAt,
} from "../properties";
import { accountPattern, mediaAccountProcessName, mediaAccountToken } from "./media-account";
import {
  type CloudServices,
  type Declared,
  domainName,
  inResourceGroup,
  type Made,
  type ResourceKind,
} from "./resource-kind";

/** A classic streaming endpoint: the one that an account brings along, told what is declared of it. */
export const classicEndpoint: ResourceKind = {
  declaration: {
    token: "azure:media/streamingEndpoint:StreamingEndpoint",
    idPattern: inResourceGroup(
      `${accountPattern}/{mediaServicesAccountName}/streamingEndpoints/{name}`,
    ),
    choices: {
      // The origin of a local account has one host.
      name: ["default"],
      cdnProvider: ["StandardVerizon", "PremiumVerizon", "StandardAkamai"],
    },
    patterns: {
      cdnProfile: {
        pattern: /^[-A-Za-z0-9]{1,120}$/,
        rule: "must be 1 to 120 letters, digits and hyphens",
      },
      "customHostNames[]": domainName,
      "accessControl.ipAllows[].address": {
        pattern: /^[0-9A-Fa-f:.]+$/,
        rule: "must be an IP address",
      },
      "accessControl.akamaiSignatureHeaderAuthenticationKeys[].base64Key": {
        pattern: /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/,
        rule: "must be base64",
      },
      "accessControl.akamaiSignatureHeaderAuthenticationKeys[].expiration": {
        pattern: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/,
        rule: "must be a moment such as 2030-01-31T00:00:00Z",
      },
    },
    ranges: {
      scaleUnits: [0, 10],
      maxCacheAgeSeconds: [1, 2_147_483_647],
      "accessControl.ipAllows[].subnetPrefixLength": [0, 128],
    },
    replacedBy: ["location"],
  },
  maker: {
    startOrder: 4,
    computed: ["hostName"],
    apply: applyEndpoint,
    // It goes with its account.
    remove: () => Promise.resolve(),
  },
};

async function applyEndpoint({ inputs, hidden }: Declared, cloud: CloudServices): Promise<Made> {
  requireNothingBesideCdn(inputs);
  const account = textAt(inputs, "mediaServicesAccountName") ?? "";
  const port = cloud.ports.known(mediaAccountProcessName(account));
  if (port === undefined) {
    throw new Error(`there is no media services account "${account}" for a streaming endpoint`);
  }
  const hostName = `${loopback}:${port.toString()}`;
  const told = JSON.stringify([wireOf(inputs), numberAt(inputs, "scaleUnits")]);
  // After a restart the account still knows it, and what was changed there meanwhile.
  if (textAt(hidden, "told") !== told) await tell({ account, hostName, inputs }, cloud);
  return { outputs: { hostName }, hidden: { told: secret(told) } };
}

/** What is of the endpoint's own doing has no effect where a network comes between it and viewers. */
function requireNothingBesideCdn(inputs: Properties): void {
  if (at(inputs, "cdnEnabled") !== true) return;
  const beside = ["accessControl", "customHostNames"].find(
    (name) => at(inputs, name) !== undefined,
  );
  if (beside === undefined) return;
  throw new Error(
    `a streaming endpoint has ${beside} and cdnEnabled, which does away with it; declare one of the two`,
  );
}

async function tell(
  declared: { account: string; hostName: string; inputs: Properties },
  { records }: Pick<CloudServices, "records">,
): Promise<void> {
  const { account, hostName, inputs } = declared;
  const record = records
    .ofType(mediaAccountToken)
    .find(({ outputs }) => textAt(outputs, "name") === account);
  const client = new MediaServicesClient({
    apiUrl: `http://${hostName}/api/`,
    tokenUrl: `http://${hostName}/v2/OAuth2-13`,
    accountName: account,
    accountKey: textAt(reveal(record?.hidden ?? {}), "key") ?? "",
  });
  const [endpoint] = await client.find(streamingEndpoints, { Name: "default" });
  if (endpoint === undefined) throw new Error(`${client.label} has no default streaming endpoint`);
  await client.merge(streamingEndpoints, endpoint.id, wireOf(inputs));
  const parameters = { scaleUnits: numberAt(inputs, "scaleUnits") ?? 0 };
  await client.act(streamingEndpoints, endpoint.id, { name: "Scale", parameters });
  if (at(inputs, "autoStartEnabled") === true) {
    await client.act(streamingEndpoints, endpoint.id, "Start");
  }
}

/** The declaration in the words of the account's API. What isn't declared any more ends. */
function wireOf(inputs: Properties): WireEntity {
  const maxAge = numberAt(inputs, "maxCacheAgeSeconds");
  return {
    Description: textAt(inputs, "description") ?? null,
    CustomHostNames: textsAt(inputs, "customHostNames[]"),
    AccessControl: accessControlOf(inputs),
    CacheControl: maxAge === undefined ? null : { MaxAge: maxAge.toString() },
    CrossSiteAccessPolicies: {
      ClientAccessPolicy: textAt(inputs, "crossSiteAccessPolicy.clientAccessPolicy") ?? null,
      CrossDomainPolicy: textAt(inputs, "crossSiteAccessPolicy.crossDomainPolicy") ?? null,
    },
    CdnEnabled: at(inputs, "cdnEnabled") === true,
    CdnProvider: textAt(inputs, "cdnProvider") ?? null,
    CdnProfile: textAt(inputs, "cdnProfile") ?? null,
  };
}

function accessControlOf(inputs: Properties): WireEntity | null {
  const allow = listAt(inputs, "accessControl.ipAllows").map((range) => ({
    Name: textAt(range, "name") ?? null,
    Address: textAt(range, "address") ?? null,
    SubnetPrefixLength: numberAt(range, "subnetPrefixLength") ?? null,
  }));
  const keys = listAt(inputs, "accessControl.akamaiSignatureHeaderAuthenticationKeys").map(
    (key) => ({
      Identifier: textAt(key, "identifier") ?? null,
      Base64Key: textAt(key, "base64Key") ?? null,
      Expiration: textAt(key, "expiration") ?? null,
    }),
  );
  if (allow.length + keys.length === 0) return null;
  return {
    IP: allow.length === 0 ? null : { Allow: allow },
    Akamai: keys.length === 0 ? null : { AkamaiSignatureHeaderAuthenticationKeyList: keys },
  };
}
