import { join } from "node:path";
import type { ProcessSpec } from "../../processes/process-spec";
import type { CloudServices } from "./resource-kind";

/** How long a media service may take to give back an encoding job and finish its answers. */
const stopWithinMs = 15_000;

/** How the media service runs on this machine, with the given environment and nothing else. */
export function mediaServiceProcess(
  cloud: Pick<CloudServices, "projectRoot">,
  environment: Readonly<Record<string, string>>,
): Omit<ProcessSpec, "name" | "isReady"> {
  return {
    arguments: [
      "-r",
      require.resolve("tsx/cjs"),
      join(cloud.projectRoot, "media-service", "main.ts"),
    ],
    environment,
    workingDirectory: cloud.projectRoot,
    stopWithinMs,
  };
}
