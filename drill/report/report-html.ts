import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { DrillReport, PromiseReport } from "./drill-report";
import { escapeHtml } from "./escape-html";
import { timelineSvg } from "./timeline-svg";

const outcomes: Record<DrillReport["outcome"], [tone: string, title: string]> = {
  passed: ["good", "Every promise was kept"],
  failed: ["bad", "A promise was missed"],
  checked: ["good", "All data centers offer the same"],
  refused: ["bad", "Nothing was taken away: a check failed"],
  interrupted: ["bad", "The drill was interrupted"],
};

/** The report as one file that needs nothing else. */
export function reportHtml(report: DrillReport): string {
  const [tone, title] = outcomes[report.outcome];
  const css = readFileSync(join(__dirname, "report.css"), "utf8");
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Drill of ${escapeHtml(report.stack)}: ${escapeHtml(title)}</title>
<style>
${css}</style>
</head>
<body>
<main>
<header>
<p class="over">Failover drill <span>${escapeHtml(report.stack)}</span> <span>${report.cloud === "local" ? "local cloud" : "Azure"}</span> <time>${escapeHtml(report.startedAt.slice(0, 16).replace("T", " "))} UTC</time></p>
<h1 class="${tone}">${title}</h1>
<p class="lead">${lead(report)}</p>
</header>
${cards(report)}
${timeline(report)}
${promises(report.promises)}
${checks(report)}
${notes(report.notes)}
</main>
</body>
</html>
`;
}

function lead({ away, how, outcome, dataCenters }: DrillReport): string {
  const others = dataCenters
    .filter((name) => name !== away)
    .map(strong)
    .join(" and ");
  if (outcome === "checked" || outcome === "refused") {
    return `${dataCenters.map(strong).join(" and ")} were compared; ${strong(away)} is the one that viewers are served by now.`;
  }
  return `${strong(away)} was taken away: ${escapeHtml(how)}. ${others} had to stand in.`;
}

function strong(text: string): string {
  return `<strong>${escapeHtml(text)}</strong>`;
}

function cards({ promises: all, checks: compared }: DrillReport): string {
  const good = compared.filter(({ ok }) => ok).length;
  const shown = [
    `<div class="card ${good === compared.length ? "good" : "bad"}"><b>${good} of ${compared.length}</b><span>checks passed</span></div>`,
    ...all.map(
      ({ name, measured, limit, kept }) =>
        `<div class="card ${kept ? "good" : "bad"}"><b>${seconds(measured)}</b><span>${escapeHtml(name)}${kept ? "" : `, promised: ${seconds(limit)}`}</span></div>`,
    ),
  ];
  return `<section class="cards">${shown.join("")}</section>`;
}

function timeline(report: DrillReport): string {
  if (report.viewers.length === 0) return "";
  const legend = [
    ...report.dataCenters.map((name, i) => `<li><i class="dc${i}"></i>${escapeHtml(name)}</li>`),
    `<li><i class="failed"></i>no good answer</li>`,
    `<li><i class="area"></i>buffer</li>`,
    `<li><i class="away"></i>${escapeHtml(report.away)} away</li>`,
  ];
  const rows = report.events.map(
    ({ at, kind, by, detail }, i) =>
      `<li><span class="mark ${kind}">${i + 1}</span><span class="at">${at.toFixed(1)} s</span><span><b>${kind}</b> ${by === "drill" ? "" : escapeHtml(byName(by))} <span class="dim">${escapeHtml(detail)}</span></span></li>`,
  );
  return `<section>
<h2>What viewers saw</h2>
<ul class="legend">${legend.join("")}</ul>
<div class="scroll" tabindex="0">${timelineSvg(report)}</div>
<ol class="events">${rows.join("")}</ol>
</section>`;
}

function byName(by: string): string {
  return `by ${by.replace("trafficManager", "Traffic Manager").replace("edge", "the edge")}`
    .replace("the edge probes", "the edge's probes")
    .replace("Traffic Manager probes", "Traffic Manager's probes");
}

function promises(all: readonly PromiseReport[]): string {
  if (all.length === 0) return "";
  const rows = all.map(
    ({ name, limit, measured, kept }) =>
      `<tr><td>${escapeHtml(name)}</td><td class="number">${seconds(limit)}</td><td class="number">${seconds(measured)}</td><td>${badge(kept, kept ? "kept" : "missed")}</td></tr>`,
  );
  return `<section><h2>Promises</h2><table><thead><tr><th>What</th><th class="number">At most</th><th class="number">Measured</th><th></th></tr></thead><tbody>${rows.join("")}</tbody></table></section>`;
}

function checks({ checks: all, sample }: DrillReport): string {
  const which =
    sample === null ? "every segment of every quality" : `${sample} segments of each quality`;
  const sorted = [...all.filter(({ ok }) => !ok), ...all.filter(({ ok }) => ok)];
  const rows = sorted.map(
    ({ kind, subject, ok, detail }) =>
      `<tr><td>${badge(ok, ok ? "same" : "wrong")}</td><td>${kind}</td><td>${escapeHtml(subject)}<div class="dim">${escapeHtml(detail)}</div></td></tr>`,
  );
  return `<section><h2>Checks</h2><p class="dim">Compared before anything was done: ${which}.</p><table class="checks"><thead><tr><th></th><th>Check</th><th>Of what, and what was found</th></tr></thead><tbody>${rows.join("")}</tbody></table></section>`;
}

function notes(all: readonly string[]): string {
  if (all.length === 0) return "";
  return `<section><h2>Notes</h2><ul class="notes">${all.map((note) => `<li>${escapeHtml(note)}</li>`).join("")}</ul></section>`;
}

function badge(good: boolean, text: string): string {
  return `<span class="badge ${good ? "good" : "bad"}">${text}</span>`;
}

function seconds(value: number | null): string {
  return value === null ? "never" : `${value.toLocaleString("en", { maximumFractionDigits: 2 })} s`;
}
