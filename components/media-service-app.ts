import * as app from "@pulumi/azure-native/app";
import type * as inputs from "@pulumi/azure-native/types/input";
import type * as pulumi from "@pulumi/pulumi";
import { deployableImage } from "./deployable-image";
import { mediaServiceEnvironment } from "./media-service-environment";
import type { MediaServicesAccountArgs } from "./media-services-connection";
import { registryServer } from "./registry-server";
import type { SelfHostedSettings } from "./settings/media-services";

/** What every app of the media service is declared from. */
export interface MediaServiceAppArgs extends MediaServicesAccountArgs<SelfHostedSettings> {
  environmentId: pulumi.Input<string>;
  /** The account's own key; a secret. */
  accountKey?: pulumi.Input<string>;
}

/** What only one app has. */
export interface MediaServiceAppPart {
  appName: string;
  /** Parts of the service that it plays, as `ROLES` takes them. */
  roles: string;
  /** Processors; each comes with 2 GiB of memory. */
  cpu: number;
  ingress?: inputs.app.IngressArgs;
  scale: inputs.app.ScaleArgs;
  /** When it is killed, after it was told to end: answers are out by then, or a job is given back. */
  endsWithinSeconds: number;
  /** What must be there before it, beside its store and its identity's rights. */
  after?: pulumi.Resource[];
}

/** Where the media service listens. */
export const servicePort = 8080;

/** Declares a container app that runs parts of the media service. */
export function declareMediaServiceApp(
  name: string,
  { part, ...args }: MediaServiceAppArgs & { part: MediaServiceAppPart },
  opts: pulumi.CustomResourceOptions,
): app.ContainerApp {
  const { identity, storage } = args;
  return new app.ContainerApp(
    name,
    {
      resourceGroupName: args.resourceGroupName,
      containerAppName: part.appName,
      location: args.location,
      environmentId: args.environmentId,
      workloadProfileName: "Consumption",
      ...(identity && {
        identity: {
          type: app.ManagedServiceIdentityType.UserAssigned,
          userAssignedIdentities: [identity.identityId],
        },
      }),
      configuration: configuration(args, part),
      template: template(args, part),
      tags: args.tags,
    },
    { ...opts, dependsOn: [...storage.parts, ...(identity?.grants ?? []), ...(part.after ?? [])] },
  );
}

function configuration(
  { accountKey, hosting, identity, storage }: MediaServiceAppArgs,
  { ingress }: MediaServiceAppPart,
): inputs.app.ConfigurationArgs {
  const server = registryServer(hosting.registryId);
  return {
    activeRevisionsMode: app.ActiveRevisionsMode.Single,
    ...(ingress && { ingress }),
    ...(server && identity && { registries: [{ server, identity: identity.identityId }] }),
    secrets: [
      ...(accountKey ? [{ name: "media-account-key", value: accountKey }] : []),
      ...(storage.accountKey ? [{ name: "storage-account-key", value: storage.accountKey }] : []),
    ],
  };
}

function template(
  args: MediaServiceAppArgs,
  { cpu, endsWithinSeconds, roles, scale }: MediaServiceAppPart,
): inputs.app.TemplateArgs {
  return {
    terminationGracePeriodSeconds: endsWithinSeconds,
    containers: [
      {
        name: "media-service",
        image: deployableImage(args.settings.image, args.subscriptionId),
        resources: { cpu, memory: `${cpu * 2}Gi` },
        env: mediaServiceEnvironment(args, roles),
        probes: probes(),
      },
    ],
    scale,
  };
}

// All three ask whether the process lives. /readyz also asks for a started streaming endpoint, and
// an app that is not ready gets no requests: no one could start it. That one is for the edge.
function probes(): inputs.app.ContainerAppProbeArgs[] {
  const httpGet = { path: "/healthz", port: servicePort };
  return [
    { type: app.Type.Startup, httpGet, periodSeconds: 2, failureThreshold: 30 },
    { type: app.Type.Liveness, httpGet, periodSeconds: 10 },
    { type: app.Type.Readiness, httpGet, periodSeconds: 5 },
  ];
}
