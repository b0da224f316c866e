/** A setting is missing or wrong; the message says which, and never shows a secret. */
export class ConfigError extends Error {
  constructor(name: string, problem: string) {
    super(`${name} ${problem}`);
    this.name = "ConfigError";
  }
}

/** Where settings are read from. */
export type Environment = Readonly<Record<string, string | undefined>>;
