import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { parse } from "yaml";
import { deploy, type Deployment } from "./deploy";

/** Configuration of a stack, without the project's name on its keys. */
export type Config = Record<string, unknown>;

/** The committed configuration of a stack. */
export function committedConfig(stack: string): Config {
  const text = readFileSync(resolve(`Pulumi.${stack}.yaml`), "utf8");
  const { config } = parse(text) as { config: Config };
  return Object.fromEntries(
    Object.entries(config).map(([key, value]) => [key.replace("twinstream:", ""), value]),
  );
}

/** The local cloud's, which takes an image that no registry has. */
const LOCAL_SUBSCRIPTION = "00000000-0000-0000-0000-000000000000";

/** What each deployment is given where the committed file leaves the image out. */
const BUILT_IMAGE = `registry.test/media@sha256:${createHash("sha256").update("a build").digest("hex")}`;

/** Runs index.ts afresh with changes to the committed configuration of a stack. */
export function runProgram(stack: string, changes: Config = {}): Promise<Deployment> {
  const settings: Config = { image: BUILT_IMAGE, ...committedConfig(stack), ...changes };
  const config = Object.fromEntries(
    Object.entries(settings)
      .filter(([, value]) => value !== undefined)
      .map(([key, value]) => [
        `twinstream:${key}`,
        typeof value === "string" ? value : JSON.stringify(value),
      ]),
  );
  const program = resolve("index.ts");
  // eslint-disable-next-line @typescript-eslint/no-dynamic-delete -- a module's cache is such a map
  delete require.cache[program];
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- runs it once more, on purpose
  return deploy(() => (require(program) as () => Promise<object>)(), {
    config,
    stack,
    subscriptionId: LOCAL_SUBSCRIPTION,
  });
}
