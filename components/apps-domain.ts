import * as app from "@pulumi/azure-native/app";
import type * as inputs from "@pulumi/azure-native/types/input";
import * as pulumi from "@pulumi/pulumi";
import { declareTextRecord } from "./domain-records";
import { keyVaultSecret } from "./key-vault-secret";
import type { MediaIdentity } from "./media-identity";
import type { ViewersDomain } from "./settings/delivery";
import type { PublicScheme, Settings } from "./settings/settings";

/** Inputs of {@link AppsDomain}. */
export interface AppsDomainArgs {
  domain: ViewersDomain;
  publicScheme: PublicScheme;
}

/** The Container Apps environment that an app with the domain runs in. */
export interface DomainPlace {
  resourceGroupName: pulumi.Input<string>;
  location: string;
  environment: app.ManagedEnvironment;
  /** Name of the environment. */
  environmentName: string;
  /** Who reads the certificate. */
  identity?: MediaIdentity;
  tags?: Record<string, string>;
}

/** What an app is declared with to answer under the domain. */
export interface AppDomain {
  customDomains: inputs.app.CustomDomainArgs[];
  /** What Azure looks for before it takes the domain. */
  after: pulumi.Resource[];
}

/**
 * The viewers' host at the data centers' own apps, so that they answer under it when viewers are led
 * past Front Door. All of them share one proof that it is ours: Azure asks one and the same text of
 * all environments of a subscription.
 */
export class AppsDomain extends pulumi.ComponentResource {
  /** Resource id of the Key Vault secret with the certificate; none over http. */
  readonly certificateId: string | undefined;
  private readonly domain: ViewersDomain;
  private proof: pulumi.Resource[] | undefined;

  constructor(name: string, args: AppsDomainArgs, opts?: pulumi.ComponentResourceOptions) {
    super("twinstream:edge:AppsDomain", name, {}, opts);

    this.domain = args.domain;
    this.certificateId = args.publicScheme === "https" ? args.domain.certificateId : undefined;
    this.registerOutputs({ host: args.domain.name });
  }

  /** Declares what an app in an environment needs to answer under the domain. */
  at(name: string, place: DomainPlace, opts: pulumi.CustomResourceOptions): AppDomain {
    this.proof ??= this.prove(place);
    const certificate = this.certificateId
      ? declareCertificate(name, { ...place, certificateId: this.certificateId }, opts)
      : undefined;
    const binding = certificate
      ? { bindingType: app.BindingType.SniEnabled, certificateId: certificate.id }
      : { bindingType: app.BindingType.Disabled };
    return { customDomains: [{ name: this.domain.name, ...binding }], after: this.proof };
  }

  private prove({ environment, environmentName }: DomainPlace): pulumi.Resource[] {
    // Without a zone it is not asked for: there is nowhere to write it.
    if (this.domain.zone === undefined) return [];
    const values = [verificationId(environment, environmentName)];
    // Named after the host alone, so that it stays when the first data center is another.
    const proof = { domain: this.domain, prefix: "asuid", values };
    const record = declareTextRecord("viewers", proof, { parent: this });
    return record ? [record] : [];
  }
}

/** The apps' domain, where there is one and the stack has apps of its own. */
export function declareAppsDomain(
  name: string,
  { domain, mediaServices, publicScheme }: Settings,
): AppsDomain | undefined {
  if (domain === undefined || mediaServices.kind !== "self-hosted") return undefined;
  return new AppsDomain(name, { domain, publicScheme });
}

/** The certificate stays in the Key Vault: the environment reads it, and its successors, by itself. */
function declareCertificate(
  name: string,
  { certificateId, identity, ...place }: DomainPlace & { certificateId: string },
  opts: pulumi.CustomResourceOptions,
): app.Certificate {
  if (identity === undefined) {
    throw new pulumi.InputPropertyError({
      propertyPath: "identity",
      reason: `is missing, and ${place.environmentName} can't read the domain's certificate without one; set storageAccess to identity`,
    });
  }
  return new app.Certificate(
    `${name}-certificate`,
    {
      resourceGroupName: place.resourceGroupName,
      environmentName: place.environment.name,
      certificateName: "viewers-certificate",
      location: place.location,
      properties: {
        certificateKeyVaultProperties: {
          identity: identity.identityId,
          keyVaultUrl: keyVaultSecret(certificateId).url,
        },
      },
      tags: place.tags,
    },
    { ...opts, dependsOn: identity.grants },
  );
}

function verificationId(
  { customDomainConfiguration }: app.ManagedEnvironment,
  environment: string,
): pulumi.Output<string> {
  return customDomainConfiguration.apply((answer) => {
    if (answer?.customDomainVerificationId) return answer.customDomainVerificationId;
    throw new Error(
      `Container Apps environment '${environment}' doesn't say what proves that a domain is ours; run "pulumi refresh", then "up".`,
    );
  });
}
