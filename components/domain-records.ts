import * as dns from "@pulumi/azure-native/dns";
import type * as pulumi from "@pulumi/pulumi";
import type { ViewersDomain } from "./settings/delivery";

const ttlSeconds = 300;

/** A text record beside the viewers' host. */
interface TextRecordArgs {
  domain: ViewersDomain;
  /** What stands before the host. */
  prefix: string;
  values: pulumi.Input<string>[];
}

/** Writes the text by which Azure sees that the domain is ours; where no zone is given, nothing. */
export function declareTextRecord(
  name: string,
  { domain, prefix, values }: TextRecordArgs,
  opts: pulumi.CustomResourceOptions,
): dns.RecordSet | undefined {
  const { zone } = domain;
  if (zone === undefined) return undefined;
  return new dns.RecordSet(
    `${name}-${prefix.replace("_", "")}`,
    {
      resourceGroupName: zone.resourceGroup,
      zoneName: zone.name,
      relativeRecordSetName: `${prefix}.${labelsOf(domain)}`,
      recordType: "TXT",
      ttl: ttlSeconds,
      txtRecords: values.map((value) => ({ value: [value] })),
    },
    opts,
  );
}

/** Makes the viewers' host an alias of another; where no zone is given, nothing. */
export function declareAlias(
  name: string,
  { domain, target }: { domain: ViewersDomain; target: pulumi.Input<string> },
  opts: pulumi.CustomResourceOptions,
): void {
  const { zone } = domain;
  if (zone === undefined) return;
  new dns.RecordSet(
    name,
    {
      resourceGroupName: zone.resourceGroup,
      zoneName: zone.name,
      relativeRecordSetName: labelsOf(domain),
      recordType: "CNAME",
      ttl: ttlSeconds,
      cnameRecord: { cname: target },
    },
    opts,
  );
}

/** The host's labels before its zone. */
function labelsOf({ name, zone }: ViewersDomain): string {
  return name.slice(0, -`.${zone?.name ?? ""}`.length);
}
