import { Command } from "commander";
import { MediaServicesClient } from "../dynamic-providers/operations/media-services-client/client";
import { findLeftovers, leftoverLines, removeLeftovers } from "./clean/leftovers";
import { localAccount } from "./clean/local-accounts";
import { lockedStacks, ownedIds } from "./clean/owned-ids";
import { confirm } from "./command/confirm";
import { readCloudConfig } from "./config";
import { homeAt } from "./home";
import { runningCloud } from "./running-file";

/** `npm run clean`: removes from a media account what no stack owns. */
async function main(): Promise<number> {
  const options = new Command("npm run clean --")
    .description(
      "Lists, then removes, the assets, locators, access policies and jobs no stack owns.",
    )
    .requiredOption("--account <name>", "the data center, or its media account")
    .option("-y, --yes", "remove without asking")
    .parse()
    .opts<{ account: string; yes?: boolean }>();
  const home = homeAt(readCloudConfig().home);
  const running = await runningCloud(home.runningFile);
  if (running === undefined) {
    throw new Error("the local cloud doesn't run; start it in another terminal with `npm start`");
  }
  requireNoDeployment(home.stateDirectory);
  // The deployer's identity, for accounts without a key.
  Object.assign(process.env, running.environment);
  const connection = localAccount(home, options.account);
  const client = new MediaServicesClient(connection);
  const found = await findLeftovers(client, ownedIds(home.stateDirectory));
  const lines = leftoverLines(found);
  if (lines.length === 0) {
    console.log(`${client.label} holds nothing that no stack owns`);
    return 0;
  }
  for (const line of lines) console.log(line);
  const question = `Remove these ${lines.length.toString()} from ${client.label}?`;
  if (options.yes !== true && !(await confirm(question))) {
    console.log("nothing was removed");
    return 1;
  }
  requireNoDeployment(home.stateDirectory);
  await removeLeftovers(client, found);
  console.log(`removed ${lines.length.toString()}`);
  return 0;
}

/** What a deployment has just made is in no state yet. */
function requireNoDeployment(stateDirectory: string): void {
  const [lock] = lockedStacks(stateDirectory);
  if (lock !== undefined) {
    throw new Error(`a deployment is under way (${lock}); wait for its end, or cancel it`);
  }
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(`error: ${error instanceof Error ? error.message : String(error)}`);
    process.exit(1);
  },
);
