import { copyContainer } from "../../../dynamic-providers/operations/copy/copy-container";

// A copy in a process of its own, which a test can kill. The URLs are secrets: they come in the environment.
const { COPY_SOURCE_URL = "", COPY_TARGET_URL = "" } = process.env;
const silent = (): void => undefined;

copyContainer({
  sourceUrl: COPY_SOURCE_URL,
  targetUrl: COPY_TARGET_URL,
  options: { serverSideCopy: "never", blockSizeMiB: 1, maxConcurrency: 2 },
  events: { note: silent, planned: silent, progress: silent },
}).then(silent, (error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
