import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { DrillReport } from "./drill-report";
import { reportHtml } from "./report-html";

/** Writes `report.html` and `report.json` into a folder named after the time; answers the former's path. */
export function writeReport(report: DrillReport, output: string): string {
  const folder = join(output, report.startedAt.replaceAll(/[:.]/g, "-"));
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "report.json"), `${JSON.stringify(report, null, 2)}\n`);
  const file = join(folder, "report.html");
  writeFileSync(file, reportHtml(report));
  return file;
}
