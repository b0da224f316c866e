/** What a progress line says and how often. */
export interface ProgressOptions {
  /** What is going on and to which thing, for example `upload dev-sample`. */
  readonly label: string;
  /** What is counted: bytes are shown as MB, percents have no total beside them. */
  readonly unit: "bytes" | "percent" | "blobs";
  /** The count at which the work is done; 100 for percents. */
  readonly total: number;
  /** Least time between two lines, in milliseconds. Default 2,000. */
  readonly intervalMs?: number;
  /** Where lines go, each with its newline. Default: standard output, which Pulumi shows live. */
  readonly write?: (line: string) => void;
  /** Milliseconds of a monotonic clock. */
  readonly now?: () => number;
}

/** A running piece of work that tells how far it is. */
export interface Progress {
  /** Says that `done` of the total are done (an absolute count, not an increment). */
  update(done: number): void;
  /** Writes the last line: the total, how long it took, the mean rate. */
  done(): void;
}

/**
 * Follows a piece of work with whole lines (percent, rate, time left), so that they read well on a
 * terminal and in a plain log. What an earlier try had done already does not count into the rate:
 * it is what the first `update` says.
 */
export function createProgress(options: ProgressOptions): Progress {
  const { label, unit, total, intervalMs = 2_000 } = options;
  const write = options.write ?? writeLine;
  const now = options.now ?? (() => performance.now());
  const startedAt = now();
  let first: number | undefined;
  let last = 0;
  let lastLineAt = -Infinity;

  const rate = (): number => {
    const seconds = (now() - startedAt) / 1_000;
    return seconds > 0 ? (last - (first ?? 0)) / seconds : 0;
  };

  return {
    update(done) {
      first ??= done;
      last = Math.min(done, total);
      if (now() - lastLineAt < intervalMs) return;
      lastLineAt = now();
      const percent = total > 0 ? Math.floor((100 * last) / total) : 100;
      const parts = [amount(last, total, unit), ...pace(rate(), total - last, unit)];
      write(
        `${label}: ${percent}%${parts
          .filter((part) => part !== "")
          .map((p) => `, ${p}`)
          .join("")}\n`,
      );
    },
    done() {
      last = total;
      const seconds = (now() - startedAt) / 1_000;
      const parts = [
        `done in ${duration(seconds)}`,
        ...(unit === "percent" ? [] : [count(total, unit), rateText(rate(), unit)]),
      ];
      write(`${label}: ${parts.join(", ")}\n`);
    },
  };
}

/** Writes one line to standard output at once; Pulumi shows it on the resource's row. */
export function writeLine(line: string): void {
  process.stdout.write(line.endsWith("\n") ? line : `${line}\n`);
}

function amount(done: number, total: number, unit: ProgressOptions["unit"]): string {
  if (unit === "percent") return "";
  return unit === "bytes"
    ? `${megabytes(done)} of ${megabytes(total)} MB`
    : `${done} of ${total} ${unit}`;
}

function pace(rate: number, left: number, unit: ProgressOptions["unit"]): string[] {
  if (rate <= 0 || left <= 0) return [];
  return [rateText(rate, unit), `${duration(left / rate)} left`];
}

function count(total: number, unit: ProgressOptions["unit"]): string {
  return unit === "bytes" ? `${megabytes(total)} MB` : `${total} ${unit}`;
}

function rateText(rate: number, unit: ProgressOptions["unit"]): string {
  if (unit === "bytes") return `${megabytes(rate)} MB/s`;
  return unit === "percent" ? `${rate.toFixed(1)} %/s` : `${rate.toFixed(1)} ${unit}/s`;
}

function megabytes(bytes: number): string {
  return (bytes / 1_000_000).toFixed(1);
}

function duration(seconds: number): string {
  const whole = Math.max(0, Math.ceil(seconds));
  if (whole < 60) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  const pad = (value: number): string => value.toString().padStart(2, "0");
  return minutes < 60
    ? `${minutes}:${pad(whole % 60)} min`
    : `${Math.floor(minutes / 60)}:${pad(minutes % 60)} h`;
}
