import * as app from "@pulumi/azure-native/app";
import * as pulumi from "@pulumi/pulumi";
import { AccountKey } from "../dynamic-providers/account-key";
import { deployableImage } from "./deployable-image";
import { mediaServiceEnvironment } from "./media-service-environment";
import type {
  MediaServicesAccountArgs,
  MediaServicesConnection,
} from "./media-services-connection";
import type { SelfHostedSettings } from "./settings/media-services";

type SelfHostedArgs = MediaServicesAccountArgs<SelfHostedSettings>;

const port = 8080;

/** Declares this project's own media service as a container app, and a key for its account. */
export function declareSelfHostedAccount(
  name: string,
  args: SelfHostedArgs,
  opts: pulumi.CustomResourceOptions,
): MediaServicesConnection {
  const accountKey = pulumi.secret(new AccountKey(name, {}, opts).key);
  const environment = declareEnvironment(name, args, opts);
  const service = new app.ContainerApp(
    name,
    {
      resourceGroupName: args.resourceGroupName,
      containerAppName: args.appName,
      location: args.location,
      environmentId: environment.id,
      ...identityOf(args),
      configuration: configuration(args, accountKey),
      template: template(args),
      tags: args.tags,
    },
    { ...opts, dependsOn: [...args.storage.parts, ...(args.identity?.grants ?? [])] },
  );
  const host = serviceHost(service, args.appName);
  return {
    apiUrl: pulumi.interpolate`${args.publicScheme}://${host}/api/`,
    tokenUrl: pulumi.interpolate`${args.publicScheme}://${host}/v2/OAuth2-13`,
    accountName: pulumi.output(args.accountName),
    accountKey,
    streamingHost: host,
    streamingEndpointName: "default",
    storageAccountName: args.storage.accountName,
  };
}

function declareEnvironment(
  name: string,
  args: SelfHostedArgs,
  opts: pulumi.CustomResourceOptions,
): app.ManagedEnvironment {
  return new app.ManagedEnvironment(
    name,
    {
      resourceGroupName: args.resourceGroupName,
      environmentName: args.appName,
      location: args.location,
      // Not "log-analytics": that form takes a workspace's shared key, which would be in the state.
      appLogsConfiguration: { destination: "azure-monitor" },
      workloadProfiles: [{ name: "Consumption", workloadProfileType: "Consumption" }],
      tags: args.tags,
    },
    opts,
  );
}

function identityOf({ identity }: SelfHostedArgs): Pick<app.ContainerAppArgs, "identity"> {
  if (!identity) return {};
  const type = app.ManagedServiceIdentityType.UserAssigned;
  return { identity: { type, userAssignedIdentities: [identity.identityId] } };
}

function configuration(
  { publicScheme, storage }: SelfHostedArgs,
  accountKey: pulumi.Input<string>,
): app.ContainerAppArgs["configuration"] {
  return {
    activeRevisionsMode: app.ActiveRevisionsMode.Single,
    ingress: {
      external: true,
      targetPort: port,
      transport: app.IngressTransportMethod.Auto,
      allowInsecure: publicScheme === "http",
      traffic: [{ latestRevision: true, weight: 100 }],
    },
    secrets: [
      { name: "media-account-key", value: accountKey },
      ...(storage.accountKey ? [{ name: "storage-account-key", value: storage.accountKey }] : []),
    ],
  };
}

function template(args: SelfHostedArgs): app.ContainerAppArgs["template"] {
  return {
    // A worker that is stopped gives its job back; a player's last segment goes out.
    terminationGracePeriodSeconds: 60,
    containers: [
      {
        name: "media-service",
        image: deployableImage(args.settings.image, args.subscriptionId),
        resources: { cpu: 2, memory: "4Gi" },
        env: mediaServiceEnvironment(args),
        probes: probes(),
      },
    ],
    // Never 0: a data center that must start first looks lost to the probes of the edge.
    scale: {
      minReplicas: 1,
      maxReplicas: 10,
      rules: [{ name: "requests", http: { metadata: { concurrentRequests: "100" } } }],
    },
  };
}

// All three ask whether the process lives. /readyz also asks for a started streaming endpoint, and
// an app that is not ready gets no requests: no one could start it. That one is for the edge.
function probes() {
  const httpGet = { path: "/healthz", port };
  return [
    { type: app.Type.Startup, httpGet, periodSeconds: 2, failureThreshold: 30 },
    { type: app.Type.Liveness, httpGet, periodSeconds: 10 },
    { type: app.Type.Readiness, httpGet, periodSeconds: 5 },
  ];
}

// The class makes all of the configuration secret, for the secrets in it; the host is public.
function serviceHost(service: app.ContainerApp, appName: string): pulumi.Output<string> {
  return pulumi.unsecret(
    service.configuration.apply((answer) => {
      const host = answer?.ingress?.fqdn;
      if (host) return host;
      throw new Error(`Container app '${appName}' has no host name; its ingress is not enabled.`);
    }),
  );
}
