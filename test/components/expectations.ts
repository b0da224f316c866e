import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

/** How expectations are written anew; a review then sees what changed. */
export const howToUpdate =
  "set UPDATE_EXPECTED=1 and run this test once more, then review the diff";

/** Whether this run writes down what there is as expected. */
export const isUpdating = process.env["UPDATE_EXPECTED"] !== undefined;

/** What is expected; with `UPDATE_EXPECTED` set, what is there now is written down as expected. */
export function expectedText(file: string, actual: string): string {
  if (isUpdating) {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, actual);
  }
  return existsSync(file) ? readFileSync(file, "utf8") : "";
}
