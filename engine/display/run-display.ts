import type { Diagnostic, EngineEvents, Step, StepResult } from "../deployment/events";
import { isDefaultProvider, nameOf } from "../urn";
import type { PropertyMap } from "../values/property-value";
import { countLines } from "./change-counts";
import { diagnosticLines } from "./diagnostic-lines";
import { changeSummary, diffLines } from "./diff-text";
import { outputLines } from "./output-lines";
import { planDetails, planTable } from "./plan-table";
import { ProgressSummary } from "./progress-summary";
import { isChange, STEP_WORDS } from "./step-words";

/** How a run is shown. */
export interface DisplayOptions {
  preview: boolean;
  /** Every property that changes, not only its name. */
  diff: boolean;
  showSames: boolean;
  /** Each step, however many there are. */
  allSteps: boolean;
  write: (line: string) => void;
}

/** Shows a run: steps as they begin and end, or at a preview's end all of them as a table. */
export class RunDisplay implements EngineEvents {
  /** The steps that ended well, default providers left out. */
  readonly steps: Step[] = [];
  readonly diagnostics: Diagnostic[] = [];
  private readonly started = Date.now();
  private readonly summary: ProgressSummary;
  /** Steps of which it was shown that they began: their end is shown as well. */
  private readonly shown = new Set<Step>();

  constructor(private readonly options: DisplayOptions) {
    this.summary = new ProgressSummary(options.write, options);
  }

  /** Whether anything is, or would be, changed. */
  get hasChanges(): boolean {
    return this.steps.some(({ op }) => isChange(op));
  }

  stepBegan(step: Step): void {
    if (!this.isLive(step)) return;
    this.summary.began(step);
    if (this.summary.active) return;
    this.shown.add(step);
    this.options.write(this.liveLine(step, STEP_WORDS[step.op].doing));
  }

  stepEnded(step: Step, result: StepResult): void {
    const failed = result.error !== undefined;
    if (isDefaultProvider(step.state.urn)) return;
    if (!failed) this.steps.push(step);
    if (!this.isLive(step)) return;
    this.summary.finished(step, failed);
    if (this.shown.delete(step) || failed) this.showEnd(step, result);
  }

  diagnostic(diagnostic: Diagnostic): void {
    const { severity, text, urn } = diagnostic;
    if (severity === "debug") return;
    if (severity === "info") this.printed(text.trimEnd(), urn);
    else this.diagnostics.push(diagnostic);
  }

  /** Of single resources' progress nothing is shown where even steps are not. */
  printed(text: string, urn?: string): void {
    if (urn !== undefined && this.summary.active) {
      this.summary.tell();
      return;
    }
    this.options.write(urn === undefined ? `    ${text}` : `    ${nameOf(urn)}: ${text}`);
  }

  /** Shows what has come of the run. */
  end(olds: PropertyMap, news: PropertyMap): void {
    const { preview, diff, showSames, allSteps } = this.options;
    if (preview) {
      this.section(
        "",
        diff ? planDetails(this.steps) : planTable(this.steps, { showSames, allSteps }),
      );
    }
    this.section("Diagnostics:", diagnosticLines(this.diagnostics));
    const outputs = outputLines(olds, news, { allItems: allSteps });
    const isSame = outputs.every((line) => line.startsWith("    "));
    if (!preview || !isSame) this.section("Outputs:", outputs);
    this.section("Resources:", countLines(this.steps, preview));
    if (!preview) this.section(`Duration: ${formatDuration(Date.now() - this.started)}`, [""]);
  }

  private section(title: string, lines: string[]): void {
    if (lines.length === 0) return;
    if (title !== "") this.options.write(title);
    for (const line of lines) this.options.write(line);
    if (lines.at(-1) !== "") this.options.write("");
  }

  private showEnd(step: Step, { durationMs, error }: StepResult): void {
    const { doing, done } = STEP_WORDS[step.op];
    const seconds = `(${(durationMs / 1000).toFixed(durationMs < 10_000 ? 2 : 0)}s)`;
    if (error !== undefined) {
      this.options.write(`${this.liveLine(step, `**${doing} failed**`)} ${seconds}`);
      return;
    }
    const summary = this.options.diff ? "" : changeSummary(step);
    this.options.write(`${this.liveLine(step, done)} ${seconds} ${summary}`.trimEnd());
    if (this.options.diff) for (const line of diffLines(step, "      ")) this.options.write(line);
  }

  private isLive({ op, state }: Step): boolean {
    return !this.options.preview && op !== "same" && !isDefaultProvider(state.urn);
  }

  private liveLine({ op, state }: Step, words: string): string {
    return ` ${STEP_WORDS[op].sign.padEnd(2)} ${state.type} ${nameOf(state.urn)} ${words}`;
  }
}

function formatDuration(ms: number): string {
  const seconds = Math.round(ms / 1000);
  return seconds < 60 ? `${seconds}s` : `${Math.floor(seconds / 60)}m${seconds % 60}s`;
}
