import { EngineError } from "../errors";
import { configPlace, memberValue } from "../workspace/config-key";
import { holdsSecret } from "../workspace/config-values";
import type { DeployOptions } from "./deploy-options";
import type { StackAccess } from "./stack-access";

/**
 * Takes the config values of a command line into the stack's settings, for this run and the next ones,
 * as the official CLI does.
 *
 * @throws EngineError, with the file as it was, when one is no config value or takes the place of a secret.
 */
export function takeGivenConfig(access: StackAccess, { config, configPath }: DeployOptions): void {
  if (config === undefined) return;
  for (const given of config) setGiven(access, given, configPath === true);
  access.readConfig(); // tells of a value that the project does not take
  access.settings.save();
}

function setGiven({ name, settings }: StackAccess, given: string, isPath: boolean): void {
  const [, key, text] = /^([^=]+)=(.*)$/s.exec(given) ?? [];
  if (key === undefined || text === undefined) {
    throw new EngineError("invalid-input", `--config ${given}: write it as --config key=value`);
  }
  const place = configPlace(name.project, key, isPath);
  if (holdsSecret(settings.configAt(place))) {
    throw new EngineError(
      "invalid-input",
      `--config ${key}: it is a secret, and a command line is seen by others; ` +
        `set it with \`config set --secret ${isPath ? "--path " : ""}${key}\``,
    );
  }
  settings.setConfig(place, place.length > 1 ? memberValue(text) : text);
}
