import { Command, InvalidArgumentError, Option } from "commander";
import { type LocalFaultName, localFaultNames } from "./control/local-faults";

/** What a drill is asked to do. */
export interface DrillOptions {
  stack: string;
  cloud: "auto" | "local" | "azure";
  /** The data center to take away; undefined: the one that the edge asks now. */
  dataCenter?: string;
  /** How it is taken away in the local cloud. */
  fault: LocalFaultName;
  /** Segments compared of each quality; undefined: all. */
  sample?: number;
  /** Whether nothing is taken away. */
  checkOnly: boolean;
  browser: boolean;
  yes: boolean;
  output: string;
  /** Seconds that a viewer at the edge may stand still. */
  maxStall: number;
  /** Seconds until the edge gives a good answer again. */
  firstGood: number;
  /** Seconds until probes have noticed; undefined: what the declared probes come to. */
  detection?: number;
  /** Seconds until the data center that is back is asked again. */
  failback: number;
}

/** Reads a command line. */
export function parseOptions(argv: readonly string[]): DrillOptions {
  return new Command("npm run drill --")
    .description(
      "Compares all data centers, takes one away, watches what viewers see, and brings it back.",
    )
    .option("--stack <name>", "the stack", "dev")
    .option(
      "--cloud <where>",
      "local, azure, or auto (local where the stack is there)",
      cloud,
      "auto",
    )
    .option("--data-center <name>", "the one to take away (default: the one that is asked now)")
    .addOption(
      new Option("--fault <what>", "how it is lost in the local cloud")
        .choices(localFaultNames)
        .default("kill"),
    )
    .option("--sample <segments>", "compare so many segments of each quality (default: all)", count)
    .option("--check-only", "compare, and take nothing away", false)
    .option("--no-browser", "watch without real players")
    .option("--yes", "take the data center of an Azure stack away without asking", false)
    .option("--output <folder>", "where reports are written", "drill-report")
    .option("--max-stall <seconds>", "promise: the longest sum of stalls", seconds, 0)
    .option("--first-good <seconds>", "promise: the edge gives a good answer again", seconds, 10)
    .option("--detection <seconds>", "promise: probes notice (default: as declared)", seconds)
    .option("--failback <seconds>", "promise: what is back is asked again", seconds, 120)
    .parse([...argv], { from: "user" })
    .opts<DrillOptions>();
}

function cloud(text: string): DrillOptions["cloud"] {
  if (text === "auto" || text === "local" || text === "azure") return text;
  throw new InvalidArgumentError("It must be auto, local or azure.");
}

function count(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) {
    throw new InvalidArgumentError("It must be a whole number from 1.");
  }
  return value;
}

function seconds(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !Number.isFinite(value) || value < 0) {
    throw new InvalidArgumentError("It must be a number of seconds from 0.");
  }
  return value;
}
