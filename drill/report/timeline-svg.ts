import type { DrillEvent, DrillReport, ViewerReport } from "./drill-report";
import { escapeHtml } from "./escape-html";

const width = 1000;
const left = 8;
const right = 12;
const top = 44;
const laneHeight = 118;
const graphHeight = 56;
/** Seconds of buffer that fill a lane's height. */
const fullBuffer = 10;
const markSize = 9;

type Scale = (at: number) => number;

/** Who served each segment, how full each buffer was, and what happened, over time. */
export function timelineSvg({ viewers, events, dataCenters }: DrillReport): string {
  const ends = [...viewers.flatMap(({ buffer }) => buffer), ...events].map(({ at }) => at);
  const until = Math.max(10, ...ends);
  const x: Scale = (at) => Math.round((left + (at / until) * (width - left - right)) * 10) / 10;
  const height = top + viewers.length * laneHeight + 24;
  const colour = (dataCenter: string | null): string =>
    `dc${dataCenter === null ? "-none" : dataCenters.indexOf(dataCenter).toString()}`;
  return [
    `<svg class="timeline" viewBox="0 0 ${width} ${height}" role="img" aria-label="Timeline of the drill">`,
    awaySpan(events, { x, height, until }),
    axis(until, { x, height }),
    ...markers(events, { x, height }),
    ...viewers.map((viewer, i) => lane(viewer, { x, y: top + i * laneHeight, colour })),
    "</svg>",
  ].join("\n");
}

/** The time in which the data center was away. */
function awaySpan(
  events: readonly DrillEvent[],
  { x, height, until }: { x: Scale; height: number; until: number },
): string {
  const killed = events.find(({ kind }) => kind === "killed")?.at;
  if (killed === undefined) return "";
  const end = events.find(({ kind }) => kind === "ready")?.at ?? until;
  return `<rect class="away" x="${x(killed)}" y="${top - 8}" width="${x(end) - x(killed)}" height="${height - top - 12}"/>`;
}

function axis(until: number, { x, height }: { x: Scale; height: number }): string {
  const step = [5, 10, 20, 30, 60, 120, 300].find((each) => until / each <= 10) ?? 600;
  const ticks = Array.from({ length: Math.floor(until / step) + 1 }, (_, i) => i * step);
  return ticks
    .map(
      (at) =>
        `<line class="grid" x1="${x(at)}" y1="${top - 8}" x2="${x(at)}" y2="${height - 20}"/>` +
        `<text class="tick" x="${x(at)}" y="${height - 5}" text-anchor="${at === 0 ? "start" : "middle"}">${at} s</text>`,
    )
    .join("");
}

function lane(
  viewer: ViewerReport,
  { x, y, colour }: { x: Scale; y: number; colour: (dataCenter: string | null) => string },
): string {
  const via = viewer.via === "edge" ? "the edge" : "Traffic Manager";
  const stalled =
    viewer.stallSeconds === 0 ? "no stall" : `${viewer.stallSeconds.toFixed(1)} s stalled`;
  const base = y + 22 + graphHeight;
  const level = (seconds: number): number =>
    Math.round((base - (Math.min(seconds, fullBuffer) / fullBuffer) * graphHeight) * 10) / 10;
  const points = viewer.buffer.map(({ at, seconds }) => `${x(at)},${level(seconds)}`);
  const first = x(viewer.buffer[0]?.at ?? 0);
  const last = x(viewer.buffer.at(-1)?.at ?? 0);
  const served = viewer.segments.map(({ at, dataCenter, status }) => {
    const failed = status < 200 || status >= 300;
    const who = failed
      ? status === 0
        ? "no answer"
        : `status ${status}`
      : (dataCenter ?? "unknown");
    return `<rect class="${failed ? "failed" : colour(dataCenter)}" x="${x(at) - 3}" y="${base + 5}" width="6" height="12" rx="1.5"><title>${at.toFixed(1)} s: ${escapeHtml(who)}</title></rect>`;
  });
  const stalls = viewer.stalls.map(
    ({ from, to }) =>
      `<rect class="stall" x="${x(from)}" y="${base - graphHeight}" width="${Math.max(2, x(to) - x(from))}" height="${graphHeight}"><title>stall of ${(to - from).toFixed(1)} s</title></rect>`,
  );
  return [
    `<text class="lane" x="${left}" y="${y + 14}">${escapeHtml(`${viewer.player} through ${via}`)}<tspan class="dim" dx="8">${stalled}, buffer 0 to ${fullBuffer} s</tspan></text>`,
    `<line class="grid" x1="${left}" y1="${base}" x2="${width - right}" y2="${base}"/>`,
    points.length === 0
      ? ""
      : `<polygon class="area" points="${first},${base} ${points.join(" ")} ${last},${base}"/><polyline class="level" points="${points.join(" ")}"/>`,
    ...stalls,
    ...served,
  ].join("");
}

/** Numbers that the list of events explains; those that would touch are put side by side. */
function markers(
  events: readonly DrillEvent[],
  { x, height }: { x: Scale; height: number },
): string[] {
  let free = 0;
  return events.map(({ at, kind }, i) => {
    const place = Math.min(Math.max(x(at), free), width - markSize);
    free = place + 2 * markSize + 2;
    return (
      `<polyline class="event ${kind}" points="${place},${20 + markSize} ${x(at)},${top - 8} ${x(at)},${height - 20}"/>` +
      `<circle class="mark ${kind}" cx="${place}" cy="20" r="${markSize}"/>` +
      `<text class="number" x="${place}" y="24" text-anchor="middle">${i + 1}</text>`
    );
  });
}
