import type { CloudConfig } from "../config";
import { findDeployer, pulumiEnvironment, runPulumi } from "./pulumi-command";

/** Addresses of one video on one host. */
interface VideoUrls {
  smooth: string;
  hls: string;
  dash: string;
}

/** What the program exports, as far as it is shown. */
export interface StackOutputs {
  videos: { name: string; relativePath: string; urls: Record<string, VideoUrls> }[];
  watchPage?: string | null;
}

/** @throws Error when the deployer can't answer them. */
export async function readStackOutputs(config: CloudConfig, stack: string): Promise<StackOutputs> {
  const { code, output } = await runPulumi({
    deployer: findDeployer(config),
    arguments: ["stack", "output", "--json", "--stack", stack],
    environment: pulumiEnvironment(config, {}),
    workingDirectory: config.projectRoot,
    capture: true,
  });
  if (code !== 0) throw new Error(`the outputs of stack ${stack} could not be read:\n${output}`);
  return JSON.parse(output) as StackOutputs;
}

/** What stands before all data centers comes after them. */
const publicHosts = ["edge", "trafficManager"];

function dataCentersFirst([a]: [string, VideoUrls], [b]: [string, VideoUrls]): number {
  return publicHosts.indexOf(a) - publicHosts.indexOf(b) || a.localeCompare(b);
}

/** The addresses of every video on every host, as lines. */
export function outputLines({ videos, watchPage }: StackOutputs): string[] {
  const lines = videos.flatMap(({ name, relativePath, urls }) => [
    "",
    `${name}  ${relativePath}`,
    ...Object.entries(urls)
      .sort(dataCentersFirst)
      .flatMap(([host, { hls, dash, smooth }]) => [
        `  ${host}`,
        `    HLS     ${hls}`,
        `    DASH    ${dash}`,
        `    Smooth  ${smooth}`,
      ]),
  ]);
  return [...lines, "", ...(typeof watchPage !== "string" ? [] : [`watch page  ${watchPage}`, ""])];
}
