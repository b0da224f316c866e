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

/** Runs a media service behind an ingress; answers the ingress's host and port. */
export async function startMediaService(
  cloud: Pick<CloudServices, "projectRoot" | "supervisor" | "ingresses">,
  { name, environment }: MediaServiceProcess,
): Promise<string> {
  const { port, servicePort } = await cloud.ingresses.open(name);
  const address = `${loopback}:${port.toString()}`;
  await cloud.supervisor.start({
    name,
    arguments: [
      "-r",
      require.resolve("tsx/cjs"),
      join(cloud.projectRoot, "media-service", "main.ts"),
    ],
    environment: { ...environment(address), CONTAINER_APP_PORT: servicePort.toString() },
    workingDirectory: cloud.projectRoot,
    stopWithinMs,
    // Asked behind the ingress: whether the process is well is not the network's business.
    isReady: () =>
      answersHttp(`http://${loopback}:${servicePort.toString()}/healthz`, { statuses: [200] }),
  });
  return address;
}

/** Ends a media service and its ingress for good. */
export async function removeMediaService(
  cloud: Pick<CloudServices, "supervisor" | "ingresses">,
  name: string,
): Promise<void> {
  await cloud.supervisor.stop(name);
  await cloud.ingresses.remove(name);
}
