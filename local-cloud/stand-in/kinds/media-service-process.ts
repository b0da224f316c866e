import { join } from "node:path";
import { answersHttp } from "../../processes/http-ready";
import { loopback } from "../../storage/port-book";
import type { CloudServices } from "./resource-kind";

/** How long a media service may take to give back an encoding job and finish its answers. */
const stopWithinMs = 15_000;

/** A media service to be run. */
export interface MediaServiceProcess {
  /** Name of the process. */
  name: string;
  /** Its environment, from the address under which others reach it. Nothing is added but its port. */
  environment: (address: string) => Readonly<Record<string, string>>;
}

type ProcessCloud = Pick<CloudServices, "projectRoot" | "supervisor">;

/** Runs a media service behind an ingress; answers the ingress's host and port. */
export async function startMediaService(
  cloud: ProcessCloud & Pick<CloudServices, "ingresses">,
  { name, environment }: MediaServiceProcess,
): Promise<string> {
  const { port, servicePort } = await cloud.ingresses.open(name);
  const address = `${loopback}:${port.toString()}`;
  await startProcess(cloud, { name, environment: environment(address), servicePort });
  return address;
}

/** Runs a media service that nobody but the platform asks anything. */
export async function startWithoutIngress(
  cloud: ProcessCloud & Pick<CloudServices, "ports">,
  { name, environment }: MediaServiceProcess,
): Promise<void> {
  const servicePort = await cloud.ports.portFor(name);
  const address = `${loopback}:${servicePort.toString()}`;
  await startProcess(cloud, { name, environment: environment(address), servicePort });
}

async function startProcess(
  cloud: ProcessCloud,
  process: { name: string; environment: Readonly<Record<string, string>>; servicePort: number },
): Promise<void> {
  const { name, environment, servicePort } = process;
  await cloud.supervisor.start({
    name,
    arguments: [
      "-r",
      require.resolve("tsx/cjs"),
      join(cloud.projectRoot, "media-service", "main.ts"),
    ],
    environment: { ...environment, CONTAINER_APP_PORT: servicePort.toString() },
    workingDirectory: cloud.projectRoot,
    stopWithinMs,
    // Asked behind the ingress: whether the process is well is not the network's business.
    isReady: () =>
      answersHttp(`http://${loopback}:${servicePort.toString()}/healthz`, { statuses: [200] }),
  });
}

/** Ends a media service and its ingress for good. */
export async function removeMediaService(
  cloud: Pick<CloudServices, "supervisor" | "ingresses">,
  name: string,
): Promise<void> {
  await cloud.supervisor.stop(name);
  await cloud.ingresses.remove(name);
}
