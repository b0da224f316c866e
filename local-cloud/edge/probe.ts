import { connect } from "node:net";
import { Agent } from "undici";
import type { ProbeSettings } from "./front-door-settings";

/** What came of one probe. */
export interface Sample {
  success: boolean;
  latencyMs: number;
  /** What went wrong, or what was answered. */
  detail: string;
}

/** Asks a host once; never throws, since a failure is an answer. */
export async function probeOnce(
  settings: ProbeSettings,
  target: { host: string; hostHeader: string },
): Promise<Sample> {
  const started = performance.now();
  try {
    const detail =
      settings.protocol === "tcp"
        ? await openConnection(target.host, settings.timeoutMs)
        : await ask(settings, target);
    return { success: true, latencyMs: performance.now() - started, detail };
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    return { success: false, latencyMs: performance.now() - started, detail };
  }
}

/** One request on a connection of its own, so that a dead host isn't hidden by an old one. */
async function ask(
  { path, method, timeoutMs, statuses, headers }: ProbeSettings,
  target: { host: string; hostHeader: string },
): Promise<string> {
  const dispatcher = new Agent({ connect: { timeout: timeoutMs }, pipelining: 0 });
  try {
    const response = await dispatcher.request({
      // Nothing on this machine speaks TLS: https is declared for Azure, and spoken in clear here.
      origin: `http://${target.host}`,
      path,
      method,
      headers: { host: target.hostHeader, "user-agent": "twinstream-edge-probe", ...headers },
      signal: AbortSignal.timeout(timeoutMs),
    });
    await response.body.dump();
    const { statusCode } = response;
    if (statuses.some(([from, to]) => statusCode >= from && statusCode <= to)) {
      return statusCode.toString();
    }
    throw new Error(`answered ${statusCode.toString()}`);
  } finally {
    await dispatcher.destroy();
  }
}

function openConnection(host: string, timeoutMs: number): Promise<string> {
  const [name = "", port = "80"] = host.split(":");
  return new Promise((resolve, reject) => {
    const socket = connect({ host: name, port: Number(port) });
    socket.setTimeout(timeoutMs, () => {
      socket.destroy(new Error(`no connection within ${timeoutMs.toString()} ms`));
    });
    socket.once("error", reject);
    socket.once("connect", () => {
      socket.destroy();
      resolve("connected");
    });
  });
}

/** Repeats something at a steady pace, from now on until it is disposed. */
export class Repeater implements Disposable {
  private timer: NodeJS.Timeout | undefined;
  private disposed = false;

  constructor(
    private readonly intervalMs: number,
    private readonly act: () => Promise<void>,
  ) {
    this.run();
  }

  [Symbol.dispose](): void {
    this.disposed = true;
    clearTimeout(this.timer);
  }

  /** The interval is counted from the start of an act; a longer act delays the next. */
  private run(): void {
    const started = performance.now();
    void this.act().then(() => {
      if (this.disposed) return;
      const waitMs = Math.max(0, this.intervalMs - (performance.now() - started));
      this.timer = setTimeout(() => {
        this.run();
      }, waitMs);
      this.timer.unref();
    });
  }
}
