import * as app from "@pulumi/azure-native/app";
import * as pulumi from "@pulumi/pulumi";
import { AccountKey } from "../dynamic-providers/account-key";
import { declareAppAlerts } from "./app-alerts";
import type { AppDomain } from "./apps-domain";
import { declareAppsEnvironment } from "./apps-environment";
import { declareMediaServiceApp, type MediaServiceAppArgs, servicePort } from "./media-service-app";
import type {
  MediaServicesAccountArgs,
  MediaServicesConnection,
} from "./media-services-connection";
import type { SelfHostedSettings } from "./settings/media-services";

/** Time to hang up on clients that are too slow, and to end. */
const hangUpSeconds = 10;

type SelfHostedArgs = MediaServicesAccountArgs<SelfHostedSettings>;

/**
 * Declares this project's own media service as container apps, and a key for its account. Workers are
 * an app of their own, which costs nothing while there is no job, where the platform may look into the
 * queue as the service's identity; else one app plays all parts.
 */
export function declareSelfHostedAccount(
  name: string,
  args: SelfHostedArgs,
  opts: pulumi.CustomResourceOptions,
): MediaServicesConnection {
  const isKeyless = args.entra?.keepsKey === false;
  const accountKey = isKeyless ? undefined : pulumi.secret(new AccountKey(name, {}, opts).key);
  const environment = declareAppsEnvironment(name, args, opts);
  const apps = { ...args, ...(accountKey && { accountKey }), environmentId: environment.id };
  const domain = args.appsDomain?.at(
    name,
    { ...args, environment, environmentName: args.appName },
    opts,
  );
  const service = declareViewersApp(name, { ...apps, ...(domain && { domain }) }, opts);
  const encode = args.identity && declareEncodeApp(`${name}-encode`, apps, opts);
  const watched = {
    resourceGroupName: args.resourceGroupName,
    actionGroupIds: args.actionGroupIds ?? [],
    maxWorkers: args.hosting.maxWorkers,
    viewersApp: { name: args.appName, id: service.id },
    encodeApp: encode && { name: args.encodeAppName, id: encode.id },
    ...(args.tags && { tags: args.tags }),
  };
  declareAppAlerts(name, watched, opts);
  const host = serviceHost(service, args.appName);
  return {
    apiUrl: pulumi.interpolate`${args.publicScheme}://${host}/api/`,
    accountName: pulumi.output(args.accountName),
    credentials: credentials(args, { host, accountKey }),
    streamingHost: host,
    streamingEndpointName: "default",
    storageAccountName: args.storage.accountName,
  };
}

function credentials(
  { entra, publicScheme }: SelfHostedArgs,
  from: { host: pulumi.Output<string>; accountKey: pulumi.Output<string> | undefined },
): MediaServicesConnection["credentials"] {
  const { host, accountKey = pulumi.output("") } = from;
  if (entra) return { entraAudience: entra.audience };
  return { tokenUrl: pulumi.interpolate`${publicScheme}://${host}/v2/OAuth2-13`, accountKey };
}

/** The app that everybody asks: viewers, the API's clients, the edge's probes. */
function declareViewersApp(
  name: string,
  args: MediaServiceAppArgs & { domain?: AppDomain },
  opts: pulumi.CustomResourceOptions,
): app.ContainerApp {
  const { domain, hosting, identity, publicScheme } = args;
  const { delaySeconds, graceSeconds } = hosting.shutdown;
  const part = {
    appName: args.appName,
    roles: identity ? "api,origin" : "api,origin,worker",
    cpu: identity ? 1 : 2,
    ingress: {
      external: true,
      targetPort: servicePort,
      transport: app.IngressTransportMethod.Auto,
      allowInsecure: publicScheme === "http",
      traffic: [{ latestRevision: true, weight: 100 }],
      ...(domain && { customDomains: domain.customDomains }),
    },
    // Never 0: a data center that must start first looks lost to the probes of the edge.
    scale: {
      minReplicas: hosting.minReplicas,
      maxReplicas: hosting.maxReplicas,
      rules: [{ name: "requests", http: { metadata: { concurrentRequests: "100" } } }],
    },
    endsWithinSeconds: delaySeconds + graceSeconds + hangUpSeconds,
    ...(domain && { after: domain.after }),
  };
  return declareMediaServiceApp(name, { ...args, part }, opts);
}

/** The app that encodes: one copy for each job in the queue, running ones counted, down to none. */
function declareEncodeApp(
  name: string,
  args: MediaServiceAppArgs,
  opts: pulumi.CustomResourceOptions,
): app.ContainerApp {
  const { identity, storage } = args;
  const part = {
    appName: args.encodeAppName,
    roles: "worker",
    cpu: 4,
    scale: {
      minReplicas: 0,
      maxReplicas: args.hosting.maxWorkers,
      pollingInterval: 10,
      cooldownPeriod: 300,
      rules: [
        {
          name: "jobs",
          azureQueue: {
            accountName: storage.accountName,
            queueName: storage.jobQueueName,
            queueLength: 1,
            ...(identity && { identity: identity.identityId }),
          },
        },
      ],
    },
    endsWithinSeconds: 120,
  };
  return declareMediaServiceApp(name, { ...args, part }, opts);
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
