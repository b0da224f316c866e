import { compareVideo } from "./checks/compare-video";
import { compareLocators } from "./checks/locators";
import { checkReady } from "./checks/readiness";
import type { DataCenterControl } from "./control/data-center-control";
import type { TakenAwayNote } from "./control/taken-away";
import type { DeployedVideo, Deployment } from "./deployment/deployment";
import { DrillError } from "./drill-error";
import type { DrillOptions } from "./options";
import { Outage, type OutageReport } from "./outage";
import { judge } from "./promises";
import type { Check, DrillReport } from "./report/drill-report";
import { Stopwatch } from "./stopwatch";
import { BrowserViewers } from "./viewers/browser-viewers";
import { PacedViewer } from "./viewers/paced-viewer";
import type { Viewer } from "./viewers/viewer";

/** What a drill works with. */
export interface DrillParts {
  options: DrillOptions;
  deployment: Deployment;
  control: DataCenterControl;
  note: TakenAwayNote;
  /** Ends the drill early. */
  signal: AbortSignal;
  say: (line: string) => void;
  /** How long the data center stays away at least. */
  leastAwaySeconds: number;
  /** Asks whether a data center may be taken away. */
  confirm: (question: string) => Promise<boolean>;
}

/** Compares, takes a data center away, watches, brings it back, and tells. */
export async function drill(parts: DrillParts): Promise<DrillReport> {
  const { options, deployment, control, signal, say } = parts;
  const notes: string[] = [];
  const startedAt = new Date().toISOString();
  const away = options.dataCenter ?? (await askedNow(deployment));
  if (!deployment.dataCenters.some(({ name }) => name === away)) {
    const names = deployment.dataCenters.map(({ name }) => name).join(", ");
    throw new DrillError(`there is no data center "${away}"; there are: ${names}`);
  }
  const checks = await compareAll(parts, notes);
  const report = (
    outcome: DrillReport["outcome"],
    seen: Partial<DrillReport> = {},
  ): DrillReport => ({
    ...{ schema: "twinstream-drill/1", stack: options.stack, cloud: control.cloud, startedAt },
    ...{ endedAt: new Date().toISOString(), outcome, away },
    ...{ how: control.how, fault: control.fault },
    dataCenters: deployment.dataCenters.map(({ name }) => name),
    sample: options.sample ?? null,
    ...{ checks, promises: [], events: [], viewers: [], notes, ...seen },
  });
  const isEnded = (): boolean => signal.aborted;
  if (isEnded()) return report("interrupted");
  if (checks.some(({ ok }) => !ok)) return report("refused");
  if (options.checkOnly) return report("checked");
  await allow(parts, away);
  const outage = await watchOutage(parts, { away, notes });
  const promises = judge(outage, options, {
    ...deployment.detection,
    seesProbes: control.probes !== undefined,
    seenByProbes: control.seenByProbes,
  });
  say("");
  if (isEnded()) return report("interrupted", { ...outage, promises });
  const kept = promises.every(({ kept: isKept }) => isKept);
  return report(kept ? "passed" : "failed", { ...outage, promises });
}

/** The one whose answers the edge gives. */
async function askedNow({ publicHosts }: Deployment): Promise<string> {
  try {
    const response = await fetch(`${publicHosts.edge}/readyz`, {
      signal: AbortSignal.timeout(10_000),
    });
    await response.body?.cancel();
    const name = response.headers.get("x-data-center");
    if (name !== null) return name;
    throw new DrillError(
      `the edge answered ${response.status} without saying for which data center: name the one to take away with --data-center`,
    );
  } catch (error) {
    if (error instanceof DrillError) throw error;
    throw new DrillError(`the edge (${publicHosts.edge}) does not answer: nothing is taken away`);
  }
}

async function compareAll(parts: DrillParts, notes: string[]): Promise<Check[]> {
  const { deployment, options, signal, say } = parts;
  const { dataCenters, publicHosts, videos } = deployment;
  const hosts = [...dataCenters.map(({ name }) => name), ...Object.keys(publicHosts)];
  const checks: Check[] = [];
  const add = (found: readonly Check[]): void => {
    for (const { ok, kind, subject, detail } of found) {
      say(`${ok ? "same " : "WRONG"}  ${kind.padEnd(8)}  ${subject}: ${detail}`);
    }
    checks.push(...found);
  };
  add(await checkReady(dataCenters));
  // What can't serve can't be compared: that would be many failures with one reason.
  if (checks.some(({ ok }) => !ok)) return checks;
  for (const video of videos) {
    if (signal.aborted) return checks;
    add(await compareVideo(video, { hosts, sample: options.sample, signal }).catch(unless(signal)));
  }
  add(await compareLocators(deployment, notes));
  return checks;
}

function unless(signal: AbortSignal): (error: unknown) => Check[] {
  return (error) => {
    if (signal.aborted) return [];
    throw error;
  };
}

/** @throws DrillError when nobody allows it. */
async function allow({ options, control, confirm }: DrillParts, away: string): Promise<void> {
  if (control.cloud === "local" || options.yes) return;
  const question = `Take ${away} of stack ${options.stack} away (${control.how})?`;
  if (!(await confirm(question))) throw new DrillError("nothing was taken away");
}

async function watchOutage(
  parts: DrillParts,
  { away, notes }: { away: string; notes: string[] },
): Promise<OutageReport> {
  const { options, deployment, control, note, signal, say } = parts;
  const stopwatch = new Stopwatch();
  await control.emptyCache?.();
  if (control.emptyCache === undefined) {
    notes.push("The edge kept its cache: segments that it had already needed no data center.");
  }
  if (!control.seenByProbes) {
    notes.push(
      `Probes can't see that ${control.how}: ${away} goes on being asked, and only what viewers at the edge see is promised.`,
    );
  }
  const video = await longest(deployment.videos);
  const opened = options.browser
    ? // Real players are an extra: what keeps a browser from starting does not keep the drill from it.
      await BrowserViewers.open().catch((error: unknown) => String(error).split("\n")[0] ?? "")
    : "not asked for";
  await using browser = typeof opened === "string" ? undefined : opened;
  if (typeof opened === "string") notes.push(`No real players watched: ${opened}.`);
  const viewers = await startViewers(deployment, { video, browser, stopwatch });
  say(`\n${viewers.length} viewers watch ${video.name}; then ${away} goes: ${control.how}`);
  const { stack, failback: failbackSeconds } = options;
  return await new Outage({
    ...{ stack, deployment, control, note, away, viewers, stopwatch, failbackSeconds, signal, say },
    leastAwaySeconds: parts.leastAwaySeconds,
  }).run();
}

async function startViewers(
  { publicHosts }: Deployment,
  watching: { video: DeployedVideo; browser: BrowserViewers | undefined; stopwatch: Stopwatch },
): Promise<Viewer[]> {
  const { video, browser, stopwatch } = watching;
  const url = (host: string, protocol: string): string => video.urls[host]?.[protocol] ?? "";
  const paced = (via: "edge" | "trafficManager"): Promise<Viewer> =>
    PacedViewer.start({
      ...{ video: video.name, via, url: url(via, "hls"), stopwatch },
      // Traffic Manager sends nobody elsewhere before it has noticed: a stall there is no surprise.
      promised: via === "edge",
    });
  const viewers = [await paced("edge")];
  if (publicHosts.trafficManager !== undefined) viewers.push(await paced("trafficManager"));
  if (browser === undefined) return viewers;
  for (const [player, protocol] of [
    ["hls.js", "hls"],
    ["dash.js", "dash"],
  ] as const) {
    const address = url("edge", protocol);
    viewers.push(await browser.watch(player, { video: video.name, url: address, stopwatch }));
  }
  return viewers;
}

/** A short video would be over before anything happens. */
async function longest(videos: readonly DeployedVideo[]): Promise<DeployedVideo> {
  const lengths = await Promise.all(
    videos.map((video) => PacedViewer.secondsOf(video.urls["edge"]?.["hls"] ?? "")),
  );
  const best = lengths.indexOf(Math.max(...lengths));
  const video = videos[best];
  if (video === undefined) throw new DrillError("there is no video to watch");
  return video;
}
