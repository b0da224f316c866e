import { existsSync, readdirSync, rmdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { Command } from "commander";
import { confirm } from "./command/confirm";
import { readCloudConfig } from "./config";
import { homeAt, homeEntries } from "./home";
import { runningCloud } from "./running-file";

/** `npm run reset`: forgets everything the local cloud holds. */
async function main(): Promise<number> {
  const { yes } = new Command("npm run reset --")
    .description("Removes the local cloud's data: stores, state, keys, ports, logs.")
    .option("-y, --yes", "don't ask")
    .parse()
    .opts<{ yes?: boolean }>();
  const { root, runningFile } = homeAt(readCloudConfig().home);
  const running = await runningCloud(runningFile);
  if (running !== undefined) {
    console.error(`the local cloud is running (pid ${running.pid.toString()}); stop it first`);
    return 1;
  }
  if (!homeEntries.some((name) => existsSync(join(root, name)))) {
    console.log(`there is nothing to forget: ${root} holds no local cloud`);
    return 0;
  }
  if (yes !== true && !(await confirm(`Remove ${root} with every asset and the stacks' state?`))) {
    console.log("nothing was removed");
    return 1;
  }
  // By name: a home may have been set to a directory that holds other things too.
  for (const name of homeEntries) {
    rmSync(join(root, name), { recursive: true, force: true, maxRetries: 5 });
  }
  if (readdirSync(root).length === 0) rmdirSync(root);
  console.log(`removed what was in ${root}`);
  return 0;
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(`error: ${error instanceof Error ? error.message : String(error)}`);
    process.exit(1);
  },
);
