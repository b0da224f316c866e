import { resolve } from "node:path";
import { prepareStack } from "./command/deploy";
import { findDeployer, pulumiEnvironment, runPulumi } from "./command/pulumi-command";
import { planPulumiRun } from "./command/pulumi-arguments";
import { readCloudConfig } from "./config";
import { createHome, homeAt } from "./home";
import { runningCloud } from "./running-file";

/** `npm run pulumi -- ...`: the deployer with the running local cloud's environment. */
async function main(): Promise<number> {
  const config = readCloudConfig();
  const home = homeAt(config.home);
  const plan = planPulumiRun(process.argv.slice(2), config.environment["PULUMI_STACK"] ?? "dev");
  const running = await runningCloud(home.runningFile);
  if (plan.needsCloud && running?.providers === undefined) {
    console.error(
      `\`pulumi ${plan.command}\` needs the local cloud, and none runs in ${config.home}; ` +
        "start it in another terminal with `npm start` (or `npm start -- --no-deploy`)",
    );
    return 1;
  }
  createHome(home);
  const deployer = findDeployer(config);
  const settings = plan.takesSettings
    ? await prepareStack(
        {
          config,
          stack: plan.stack,
          ...(plan.settingsFile !== undefined && { settingsFile: resolve(plan.settingsFile) }),
        },
        deployer,
      )
    : undefined;
  const { code } = await runPulumi({
    deployer,
    arguments: [...plan.arguments, ...(settings === undefined ? [] : ["--config-file", settings])],
    environment: {
      ...pulumiEnvironment(config, running ?? {}),
      PULUMI_STACK: plan.stack,
    },
    workingDirectory: config.projectRoot,
  });
  return code;
}

// Ctrl-C reaches the deployer too: it decides when to end, and this follows.
process.on("SIGINT", () => undefined);

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(`error: ${error instanceof Error ? error.message : String(error)}`);
    process.exit(1);
  },
);
