import type { Check } from "../report/drill-report";

const timeoutMs = 6_000;

/** Asks each data center whether it can serve. */
export async function checkReady(
  dataCenters: readonly { name: string; baseUrl: string }[],
): Promise<Check[]> {
  return Promise.all(
    dataCenters.map(async ({ name, baseUrl }) => {
      const detail = await whyNotReady(baseUrl);
      return { kind: "ready" as const, subject: name, ok: !detail, detail: detail ?? "ready" };
    }),
  );
}

async function whyNotReady(baseUrl: string): Promise<string | undefined> {
  try {
    const response = await fetch(`${baseUrl}/readyz`, { signal: AbortSignal.timeout(timeoutMs) });
    const text = await response.text();
    return response.status === 200 ? undefined : `/readyz answered ${response.status}: ${text}`;
  } catch (error) {
    const cause = error instanceof Error ? (error.cause ?? error) : error;
    return `/readyz gave no answer: ${cause instanceof Error ? cause.message : String(cause)}`;
  }
}
