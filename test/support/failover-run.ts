import { purgeEdge, setEdgeRetry } from "./faults";
import type { Scenario, Stage } from "./failover-scenarios";
import {
  isFailed,
  type PlayerName,
  type PlayerPage,
  type PlayerReport,
  type Viewer,
} from "./player";

/** What one player's viewer noticed of a scenario. */
export interface ViewerResult {
  readonly player: PlayerName;
  readonly stallSeconds: number;
  readonly clockStoodSeconds: number;
  readonly waiting: number;
  readonly errors: readonly string[];
  /** Segments that the data center which was left answered after the fault. */
  readonly segmentsFromLeft: number;
  /** Requests for segments that failed, or were answered with 400 or more. */
  readonly failedSegments: number;
  /** From the fault to the first segment from the data center that was left; null when there was none. */
  readonly switchSeconds: number | null;
  readonly ended: boolean;
}

/** How a scenario is watched. */
export interface RunOptions {
  /** Whether the edge tries a failed request at the next origin. */
  readonly retry: boolean;
  /** Whether manifests tell players of other ways to the video. */
  readonly steered: boolean;
  /** Seconds of media after the fault, or until the end of the video. */
  readonly watch: number | "to the end";
}

const WATCHED_BEFORE_SECONDS = 5;
/** Whoever told of an error and then stood still for so long does not go on. */
const GAVE_UP_SECONDS = 20;
/** The sample lasts 40 s; without the edge's retry it may stand still for a minute. */
const PATIENCE_SECONDS = { withRetry: 75, without: 100 };

/** Three players side by side, watching through the edge. */
const PLAYERS = [
  { player: "hls", format: "hls" },
  { player: "dash", format: "dash" },
  { player: "shaka", format: "dash" },
] as const;

/** Lets three players watch the first video through the edge while a scenario happens to them. */
export async function runScenario(
  scenario: Scenario,
  stage: Stage & { readonly page: PlayerPage },
  { retry, steered, watch }: RunOptions,
): Promise<ViewerResult[]> {
  const { cloud, outputs, page } = stage;
  await scenario.prepare?.(stage);
  await setEdgeRetry(cloud, retry);
  // What an earlier viewer left in the edge's cache would need no data center at all.
  await purgeEdge(cloud);
  const urls = outputs.videos[0]?.urls["edge"];
  if (!urls) throw new Error("the stack has no video with URLs on the edge");
  const viewers = await page.playSideBySide(
    PLAYERS.map(({ player, format }) => ({ player, url: urls[format], patient: !retry })),
    { steered },
  );
  try {
    await Promise.all(
      viewers.map((viewer) =>
        viewer.until(({ time }) => time > WATCHED_BEFORE_SECONDS, 60, "playing"),
      ),
    );
    await scenario.until?.(stage);
    const lostAt = Date.now();
    await scenario.lose(stage);
    const seconds = retry ? PATIENCE_SECONDS.withRetry : PATIENCE_SECONDS.without;
    return await Promise.all(
      viewers.map(async (viewer) => {
        const report = await watchOn(viewer, { watch, seconds, tolerant: !retry });
        return resultOf(viewer, report, { left: scenario.left, lostAt });
      }),
    );
  } finally {
    await viewers[0]?.close();
    await setEdgeRetry(cloud, true);
    await scenario.heal(stage);
  }
}

async function watchOn(
  viewer: Viewer,
  { watch, seconds, tolerant }: { watch: RunOptions["watch"]; seconds: number; tolerant: boolean },
): Promise<PlayerReport> {
  const { time } = await viewer.report();
  // An error need not be the end of it: without the retry, players may find another way in time.
  const gaveUp = ({ errors, standingSeconds }: PlayerReport): boolean =>
    errors.length > 0 && (!tolerant || standingSeconds > GAVE_UP_SECONDS);
  const enough = (report: PlayerReport): boolean =>
    report.atEnd || gaveUp(report) || (watch !== "to the end" && report.time > time + watch);
  try {
    return await viewer.until(enough, seconds, "done");
  } catch (error) {
    // Without the retry standing still for good is a result, too.
    if (!tolerant) throw error;
    return viewer.report();
  }
}

function resultOf(
  viewer: Viewer,
  report: PlayerReport,
  { left, lostAt }: { left: string; lostAt: number },
): ViewerResult {
  const fromLeft = viewer.segments.filter(
    ({ dataCenter, at, status }) =>
      dataCenter === left && at > lostAt && status >= 200 && status < 300,
  );
  const [first] = fromLeft;
  // Whoever stands still at the end has not moved since: that belongs to the sum.
  const standing = report.atEnd || report.standingSeconds < 0.5 ? 0 : report.standingSeconds;
  return {
    player: viewer.player,
    stallSeconds: report.stallSeconds + standing,
    clockStoodSeconds: report.clockStoodSeconds,
    waiting: report.waiting,
    errors: report.errors,
    segmentsFromLeft: fromLeft.length,
    failedSegments: viewer.segments.filter(isFailed).length,
    switchSeconds: first === undefined ? null : (first.at - lostAt) / 1000,
    ended: report.atEnd,
  };
}
