import * as pulumi from "@pulumi/pulumi";
import type { Naming } from "./naming";
import type { EntraApi } from "./settings/entra-api";

/** Whose tokens of Entra ID an API takes, nothing left open. */
export interface TokenAudience {
  tenantId: pulumi.Output<string>;
  /** What the deployment asks for tokens for. */
  audience: pulumi.Output<string>;
  /** All names of the API, with commas between them. */
  audiences: pulumi.Output<string>;
  /** Address of the authority, with a slash at the end. */
  authority: string;
  /** Object ids of principals that may call without the app role. */
  allowed: string[];
  /** Whether the account has a key as well. */
  keepsKey: boolean;
}

/**
 * What the settings leave open follows from who deploys, and what: the deployer's tenant, and an
 * application id URI of the form that every tenant takes from anybody's application.
 * https://learn.microsoft.com/entra/identity-platform/identifier-uri-restrictions
 */
export function tokenAudience(
  { tenantId, audience, audiences, ...rest }: EntraApi,
  from: { naming: Naming; tenantId: pulumi.Input<string> },
): TokenAudience {
  const { project, stack } = from.naming;
  const tenant = pulumi.output(tenantId ?? from.tenantId);
  const named = audience ?? pulumi.interpolate`api://${tenant}/${project}-${stack}`;
  const first = pulumi.output(named);
  return {
    tenantId: tenant,
    audience: first,
    audiences: first.apply((name) => [name, ...audiences].join(",")),
    ...rest,
  };
}
