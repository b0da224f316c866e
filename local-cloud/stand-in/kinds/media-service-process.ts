import { join } from "node:path";
import { answersHttp } from "../../processes/http-ready";
import { loopback } from "../../storage/port-book";
import { serviceProgram } from "./image-folder";
import type { CloudServices } from "./resource-kind";

/** How long a media service may take to give back an encoding job and finish its answers. */
const stopWithinMs = 15_000;

/** A media service to be run. */
export interface MediaServiceProcess {
  /** Name of the process. */
  name: string;
  /** Folder with the service's files. */
  folder: string;
  /** Its environment, from the address under which others reach it. Nothing is added but its port. */
  environment: (address: string) => Readonly<Record<string, string>>;
}

type ProcessCloud = Pick<CloudServices, "supervisor">;

/** Runs a media service behind an ingress; answers the ingress's host and port. */
export async function startMediaService(
  cloud: ProcessCloud & Pick<CloudServices, "ingresses">,
  process: MediaServiceProcess,
): Promise<string> {
  const { port, servicePort } = await cloud.ingresses.open(process.name);
  const address = `${loopback}:${port.toString()}`;
  await startProcess(cloud, { process, address, servicePort });
  return address;
}

/** Runs a media service that nobody but the platform asks anything. */
export async function startWithoutIngress(
  cloud: ProcessCloud & Pick<CloudServices, "ports">,
  process: MediaServiceProcess,
): Promise<void> {
  const servicePort = await cloud.ports.portFor(process.name);
  const address = `${loopback}:${servicePort.toString()}`;
  await startProcess(cloud, { process, address, servicePort });
}

async function startProcess(
  cloud: ProcessCloud,
  at: { process: MediaServiceProcess; address: string; servicePort: number },
): Promise<void> {
  const { process, address, servicePort } = at;
  const { name, folder, environment } = process;
  await cloud.supervisor.start({
    name,
    arguments: ["-r", require.resolve("tsx/cjs"), join(folder, serviceProgram)],
    environment: { ...environment(address), CONTAINER_APP_PORT: servicePort.toString() },
    workingDirectory: folder,
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
