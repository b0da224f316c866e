import pino from "pino";
import { collectAtOnce } from "./collect-at-once";
import { type MediaServiceConfig, readConfig } from "./config";
import { ConfigError } from "./config-error";
import { MediaServiceContext } from "./context";

/** Starts a process of the media service and ends it, drained, on SIGTERM or SIGINT. */
async function main(): Promise<void> {
  const config = configOrExit();
  if (config.roles.has("origin")) collectAtOnce();
  const log = pino({ level: config.logLevel });
  const context = await MediaServiceContext.start(config, log);
  const { port } = context;
  log.info({ port, roles: [...config.roles], dataCenter: config.dataCenter }, "listening");
  const stop = (signal: NodeJS.Signals): void => {
    log.info({ signal }, "stopping");
    context[Symbol.asyncDispose]().then(
      () => process.exit(0),
      (err: unknown) => {
        log.error({ err }, "could not stop cleanly");
        process.exit(1);
      },
    );
  };
  process.once("SIGTERM", stop);
  process.once("SIGINT", stop);
}

function configOrExit(): MediaServiceConfig {
  try {
    return readConfig();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(`media-service: ${error.message}\n`);
    process.exit(2);
  }
}

main().catch((err: unknown) => {
  pino().fatal({ err }, "media service could not start");
  process.exit(1);
});
