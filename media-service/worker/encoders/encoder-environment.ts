/**
 * The variables that a media program needs to start. The account's keys are in this process's own
 * environment: a program that reads files of strangers must not inherit them.
 */
const NEEDED = [
  "PATH",
  "Path",
  "HOME",
  "LANG",
  "LD_LIBRARY_PATH",
  "DYLD_LIBRARY_PATH",
  "TMPDIR",
  "TEMP",
  "TMP",
  "SystemRoot",
  "USERPROFILE",
];

/** The environment that encoders are started with. */
export function encoderEnvironment(): Record<string, string> {
  const entries = NEEDED.map((name) => [name, process.env[name]] as const);
  return Object.fromEntries(
    entries.filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}
