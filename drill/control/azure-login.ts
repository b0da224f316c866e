import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { DrillError } from "../drill-error";
import type { AzureAccess } from "./azure-control";

/** Tokens live an hour; one is asked for again well before. */
const keepMs = 20 * 60_000;

/** Azure as the `az` command is logged in to it, which is how a laptop and a workflow both are. */
export function azureLogin(managementUrl = "https://management.azure.com"): AzureAccess {
  let kept: { token: string; until: number } | undefined;
  return {
    managementUrl,
    async token() {
      if (kept === undefined || Date.now() > kept.until) {
        kept = { token: await askForToken(managementUrl), until: Date.now() + keepMs };
      }
      return kept.token;
    },
  };
}

async function askForToken(resource: string): Promise<string> {
  const args = ["account", "get-access-token", "--resource", `${resource}/`, "--output", "json"];
  try {
    const { stdout } = await promisify(execFile)("az", args, {
      shell: process.platform === "win32",
    });
    return (JSON.parse(stdout) as { accessToken: string }).accessToken;
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === "ENOENT";
    throw new DrillError(
      missing
        ? "the Azure CLI (az) is not installed: a drill of an Azure stack needs it to disable an origin"
        : "the Azure CLI (az) gave no token: run `az login` first",
    );
  }
}
