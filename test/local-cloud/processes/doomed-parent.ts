import { existsSync } from "node:fs";
import { join } from "node:path";
import pino from "pino";
import { ProcessFile } from "../../../local-cloud/processes/strays";
import { Supervisor } from "../../../local-cloud/processes/supervisor";

/** Starts a child, tells the test its pid, and waits to be killed. */
async function main(directory: string): Promise<void> {
  const supervisor = new Supervisor({
    log: pino({ level: "silent" }),
    logsDirectory: directory,
    processFile: new ProcessFile(join(directory, "processes.json")),
    titlePrefix: "twinstream-test",
  });
  const [ready, ended] = [join(directory, "ready"), join(directory, "ended")];
  await supervisor.start({
    name: "orphan",
    arguments: [
      "-e",
      `const fs = require("fs"); setInterval(() => {}, 1000);
       process.once("SIGTERM", () => { fs.writeFileSync(${JSON.stringify(ended)}, ""); process.exit(0); });
       fs.writeFileSync(${JSON.stringify(ready)}, "");`,
    ],
    environment: {},
    workingDirectory: directory,
    isReady: () => Promise.resolve(existsSync(ready)),
  });
  process.send?.(supervisor.status()[0]?.pid);
}

void main(process.argv[2] ?? "");
