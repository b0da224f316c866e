import * as path from "node:path";

/** The project's directory: what paths in inputs are relative to. */
export const PROJECT_ROOT = path.resolve(__dirname, "../..");
