import { parse } from "csv-parse/sync";
import type { ConfigReader, Entry } from "./config-reader";

/** A list of videos in a file of its own. */
export interface Manifest {
  /** Relative to the project's root. */
  file: string;
  text: string;
}

/**
 * The entries of a manifest: JSON as `[{name, file, encodeIn}]`, or CSV whose first line names the same
 * columns. What is wrong with it as a whole is refused here.
 */
export function manifestEntries(config: ConfigReader, { file, text }: Manifest): Entry[] {
  const rows = /\.csv$/i.test(file) ? csvRows(text) : jsonRows(text);
  if (typeof rows === "string") {
    config.refuse("library.manifest", `"${file}" ${rows}`);
    return [];
  }
  if (rows.length === 0) config.refuse("library.manifest", `"${file}" lists no videos`);
  return rows.map(({ at, row }) => ({ at: `library.manifest "${file}" ${at}`, entry: row }));
}

interface Row {
  at: string;
  row: Record<string, unknown>;
}

/** Rows, or what is wrong with all of them. */
function jsonRows(text: string): Row[] | string {
  let list: unknown;
  try {
    list = JSON.parse(text.replace(/^\uFEFF/, "")) as unknown;
  } catch (error) {
    return `is not JSON: ${(error as Error).message}`;
  }
  if (!Array.isArray(list)) return "must hold a list, as [{name, file}]";
  const wrong = list.findIndex((row) => typeof row !== "object" || row === null);
  if (wrong >= 0) return `must hold objects, as [{name, file}]; entry ${wrong + 1} is none`;
  return (list as Record<string, unknown>[]).map((row, index) => ({
    at: `entry ${index + 1}`,
    row,
  }));
}

function csvRows(text: string): Row[] | string {
  try {
    const rows = parse(text, {
      bom: true,
      columns: true,
      info: true,
      trim: true,
      skip_empty_lines: true,
    });
    return (rows as unknown as { info: { lines: number }; record: Record<string, string> }[]).map(
      ({ info, record }) => ({
        at: `line ${info.lines}`,
        // An empty cell is a member that is not there.
        row: Object.fromEntries(Object.entries(record).filter(([, cell]) => cell !== "")),
      }),
    );
  } catch (error) {
    return `is not CSV: ${(error as Error).message}`;
  }
}
