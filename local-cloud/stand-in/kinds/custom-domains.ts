import { listAt, type Properties, textAt, type Value } from "../properties";
import { recordSetToken } from "./dns";
import { domainVerificationId } from "./managed-environment";
import type { CloudServices, Declared } from "./resource-kind";

/**
 * What Azure looks at before an app answers under a domain. On one machine the app answers whatever
 * host it is asked for.
 *
 * @throws Error for a binding that Azure would refuse.
 */
export function requireCustomDomains(
  { name, inputs }: Declared,
  { records }: Pick<CloudServices, "records">,
): void {
  const texts = records.ofType(recordSetToken).map((record) => record.inputs);
  for (const domain of listAt(inputs, "configuration.ingress.customDomains")) {
    const host = textAt(domain, "name") ?? "";
    const problem =
      wrongBinding(domain, textAt(inputs, "environmentId") ?? "") ?? missingProof(host, texts);
    if (problem !== undefined) {
      throw new Error(`container app "${name}" can't answer under ${host}: ${problem}`);
    }
  }
}

function wrongBinding(domain: Value, environmentId: string): string | undefined {
  const certificateId = textAt(domain, "certificateId");
  if (certificateId === undefined) {
    const isBound = textAt(domain, "bindingType") === "SniEnabled";
    return isBound ? "bindingType is SniEnabled, which needs a certificateId" : undefined;
  }
  const own = `${environmentId}/certificates/`.toLowerCase();
  return certificateId.toLowerCase().startsWith(own)
    ? undefined
    : `certificateId names ${certificateId}, which is not of the app's environment`;
}

/** Only a zone that something was written in is within sight: others are looked after elsewhere. */
function missingProof(host: string, recordSets: readonly Properties[]): string | undefined {
  const zones = recordSets.map((record) => textAt(record, "zoneName") ?? "");
  const zone = zones.find((each) => host.endsWith(`.${each}`));
  if (zone === undefined) return undefined;
  const label = `asuid.${host.slice(0, -zone.length - 1)}`;
  const proves = (record: Properties): boolean =>
    textAt(record, "zoneName") === zone &&
    textAt(record, "recordType") === "TXT" &&
    textAt(record, "relativeRecordSetName") === label &&
    listAt(record, "txtRecords").some((text) =>
      listAt(text, "value").includes(domainVerificationId),
    );
  if (recordSets.some(proves)) return undefined;
  return `${label} of zone ${zone} has no text ${domainVerificationId}; declare that record before the app`;
}
