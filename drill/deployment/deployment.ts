import type { AccountConnection } from "../../dynamic-providers/operations/media-services-client/account-connection";
import { DrillError } from "../drill-error";

/** A video with its addresses. */
export interface DeployedVideo {
  name: string;
  /** Addresses by host (each data center, `edge`, `trafficManager`) and protocol. */
  urls: Record<string, Record<string, string>>;
}

/** A locator that the stack made. */
export interface DeployedLocator {
  id: string;
  dataCenter: string;
  expirationDateTime: string;
  /** Where it can be looked up. */
  account: AccountConnection;
}

/** How long the declared probes take to notice, in seconds. */
export interface Detection {
  edge: number;
  /** With the time that names are kept. */
  trafficManager: number | undefined;
}

/** What a drill needs to know of a stack. */
export interface Deployment {
  /** In the order in which they are asked. */
  dataCenters: { name: string; baseUrl: string }[];
  /** Addresses without a path; `trafficManager` where players can use it. */
  publicHosts: { edge: string; trafficManager?: string };
  videos: DeployedVideo[];
  locators: DeployedLocator[];
  detection: Detection;
  /** Ids of what Azure calls the data center's origin and endpoint. */
  switches: Record<string, { origin?: string; endpoint?: string }>;
}

/** A resource as `stack export` shows it. */
export interface StateResource {
  type: string;
  urn?: string;
  id?: string;
  inputs?: Record<string, unknown>;
  outputs?: Record<string, unknown>;
}

/**
 * Reads a deployment off the resources of a stack's state.
 *
 * @throws DrillError when there is nothing that a drill could be about.
 */
export function readDeployment(resources: readonly StateResource[]): Deployment {
  const stack = resources.find(({ type }) => type === "pulumi:pulumi:Stack");
  const outputs = (stack?.outputs ?? {}) as Partial<{
    videos: DeployedVideo[];
    origins: Record<string, string>;
    edgeHost: string;
  }>;
  const { videos = [], origins = {}, edgeHost } = outputs;
  const names = Object.keys(origins);
  if (names.length === 0 || edgeHost === undefined) {
    throw new DrillError("the stack is not deployed: run `up` first");
  }
  if (names.length < 2) {
    throw new DrillError(
      `the stack has one data center only (${names.join()}): without a second there is no failover to drill`,
    );
  }
  const [video] = videos;
  if (video === undefined) {
    throw new DrillError("the stack has no video: add one to its `videos`, run `up`, drill again");
  }
  const base = (host: string): string =>
    new URL(Object.values(video.urls[host] ?? {})[0] ?? "").origin;
  const priorities = priorityOf(resources);
  return {
    dataCenters: names
      .sort((a, b) => (priorities.get(a) ?? 0) - (priorities.get(b) ?? 0))
      .map((name) => ({ name, baseUrl: base(name) })),
    publicHosts: {
      edge: base("edge"),
      ...(video.urls["trafficManager"] && { trafficManager: base("trafficManager") }),
    },
    videos,
    locators: locatorsIn(resources, names),
    detection: detectionIn(resources),
    switches: Object.fromEntries(names.map((name) => [name, switchesOf(resources, name)])),
  };
}

function priorityOf(resources: readonly StateResource[]): Map<string, number> {
  const origins = resources.filter(({ type }) => type === "azure-native:cdn:AFDOrigin");
  return new Map(
    origins.map(({ inputs = {} }) => [String(inputs["originName"]), Number(inputs["priority"])]),
  );
}

function switchesOf(
  resources: readonly StateResource[],
  name: string,
): { origin?: string; endpoint?: string } {
  const idOf = (type: string, key: string): string | undefined =>
    resources.find((each) => each.type === type && each.inputs?.[key] === name)?.id;
  const origin = idOf("azure-native:cdn:AFDOrigin", "originName");
  const endpoint = idOf("azure-native:trafficmanager:Endpoint", "endpointName");
  return { ...(origin !== undefined && { origin }), ...(endpoint !== undefined && { endpoint }) };
}

/** A locator's resource is called `{video}-{data center}`. */
function locatorsIn(
  resources: readonly StateResource[],
  dataCenters: readonly string[],
): DeployedLocator[] {
  const found = resources.filter(({ type }) => type.endsWith("twinstream:StreamingLocator"));
  return found.flatMap((resource) => {
    const { id, urn, outputs = {} } = resource;
    const dataCenter = dataCenters.find((name) => urn?.endsWith(`-${name}`));
    if (id === undefined || dataCenter === undefined) return [];
    const account = outputs["account"] as AccountConnection;
    return [{ id, dataCenter, account, expirationDateTime: String(outputs["expirationDateTime"]) }];
  });
}

/**
 * The longest time in which declared probes notice a loss that came right after a good probe. Front
 * Door: as many failures as make the good ones of a sample too few. Traffic Manager: one more than is
 * tolerated; then a name is kept for its time to live.
 */
function detectionIn(resources: readonly StateResource[]): Detection {
  const inputs = (type: string): Settings | undefined =>
    resources.find((each) => each.type === type)?.inputs as Settings | undefined;
  const profile = inputs("azure-native:trafficmanager:Profile");
  return {
    edge: edgeDetection(inputs("azure-native:cdn:AFDOriginGroup")),
    trafficManager: profile && trafficManagerDetection(profile),
  };
}

/** Inputs as far as they are read here: numbers in groups. */
type Settings = Record<string, Record<string, number> | undefined>;

function edgeDetection(group: Settings | undefined): number {
  const { probeIntervalInSeconds: every = 0 } = group?.["healthProbeSettings"] ?? {};
  const { sampleSize = 4, successfulSamplesRequired = 3 } = group?.["loadBalancingSettings"] ?? {};
  return every * (sampleSize - successfulSamplesRequired + 1) + frontDoorProbeTimeout;
}

function trafficManagerDetection({ monitorConfig = {}, dnsConfig = {} }: Settings): number {
  const {
    intervalInSeconds = 0,
    toleratedNumberOfFailures = 0,
    timeoutInSeconds = 0,
  } = monitorConfig;
  const { ttl = 0 } = dnsConfig;
  return intervalInSeconds * (toleratedNumberOfFailures + 1) + timeoutInSeconds + ttl;
}

/** Front Door does not say how long it waits for a probe's answer; the local one waits this long. */
const frontDoorProbeTimeout = 5;
