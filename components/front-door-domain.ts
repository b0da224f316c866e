import * as authorization from "@pulumi/azure-native/authorization";
import * as cdn from "@pulumi/azure-native/cdn";
import * as pulumi from "@pulumi/pulumi";
import { builtInRoles } from "./built-in-roles";
import { declareTextRecord } from "./domain-records";
import type { FrontDoorScope } from "./front-door-scope";
import { keyVaultSecret } from "./key-vault-secret";
import type { ViewersDomain } from "./settings/delivery";

/** What a custom domain is declared from. */
interface FrontDoorDomainArgs extends FrontDoorScope {
  profile: cdn.Profile;
  domain: ViewersDomain;
}

/** Makes a Front Door answer under a host of one's own. */
export function declareFrontDoorDomain(
  name: string,
  { profile, domain, ...scope }: FrontDoorDomainArgs,
  opts: pulumi.CustomResourceOptions,
): cdn.AFDCustomDomain {
  const { certificateId } = domain;
  const secret =
    certificateId === undefined
      ? undefined
      : declareCertificate(name, { ...scope, profile, certificateId }, opts);
  const customDomain = new cdn.AFDCustomDomain(
    `${name}-domain`,
    {
      ...scope,
      customDomainName: domain.name.replaceAll(".", "-"),
      hostName: domain.name,
      tlsSettings: {
        certificateType: secret
          ? cdn.AfdCertificateType.CustomerCertificate
          : cdn.AfdCertificateType.ManagedCertificate,
        minimumTlsVersion: cdn.AfdMinimumTlsVersion.TLS12,
        ...(secret && { secret: { id: secret.id } }),
      },
    },
    opts,
  );
  const token = customDomain.validationProperties.apply(({ validationToken }) => validationToken);
  declareTextRecord(`${name}-domain`, { domain, prefix: "_dnsauth", values: [token] }, opts);
  return customDomain;
}

/** The certificate stays in the Key Vault: Front Door reads it, and its successors, by itself. */
function declareCertificate(
  name: string,
  args: FrontDoorScope & { profile: cdn.Profile; certificateId: string },
  opts: pulumi.CustomResourceOptions,
): cdn.Secret {
  const { profile, certificateId, ...scope } = args;
  const { subscriptionId } = keyVaultSecret(certificateId);
  const mayRead = new authorization.RoleAssignment(
    `${name}-certificate`,
    {
      scope: certificateId,
      principalId: principalOf(profile),
      principalType: authorization.PrincipalType.ServicePrincipal,
      roleDefinitionId: `/subscriptions/${subscriptionId}/providers/Microsoft.Authorization/roleDefinitions/${builtInRoles.keyVaultSecretsUser}`,
    },
    opts,
  );
  return new cdn.Secret(
    `${name}-certificate`,
    {
      ...scope,
      secretName: "viewers-certificate",
      parameters: {
        type: "CustomerCertificate",
        secretSource: { id: certificateId },
        useLatestVersion: true,
      },
    },
    { ...opts, dependsOn: [mayRead] },
  );
}

function principalOf(profile: cdn.Profile): pulumi.Output<string> {
  return pulumi.all([profile.identity, profile.name]).apply(([identity, name]) => {
    if (identity?.principalId) return identity.principalId;
    throw new Error(`Front Door '${name}' has no identity to read its certificate with.`);
  });
}
