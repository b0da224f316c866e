import { performance } from "node:perf_hooks";
import type { Asset } from "../media-service/domain/asset";
import { ApiClient } from "../test/support/api-client";
import { startAzurite } from "../test/support/azurite";
import { startMediaServiceHere } from "../test/support/media-service";
import { seedAssets } from "../test/support/seed-assets";

/**
 * `npm run bench -- account`: reads and lists in an account that grows from 1,000 to 100,000 assets. What
 * finds one asset, or the first page, must not take longer for all the others: at most three times as long.
 * `ACCOUNT_BENCH_ASSETS` sets another size than 100,000.
 */
const SMALL = 1000;
const LARGE = Number(process.env["ACCOUNT_BENCH_ASSETS"] ?? 100_000);
const MAX_RATIO = 3;
const ROUNDS = 30;

/** What is measured, with its address for one of the assets that are there from the beginning. */
const READS: Readonly<Record<string, (asset: Asset) => string>> = {
  "read by Id": ({ id }) => `Assets('${id}')`,
  "filter by Id": ({ id }) => `Assets?$filter=Id eq '${id}'`,
  "filter by Name": ({ name }) => `Assets?$filter=Name eq '${name ?? ""}'`,
  "filter by Name and State": ({ name }) =>
    `Assets()?$filter=Name eq '${name ?? ""}' and State eq 0&$top=1`,
  "page of 1,000": () => "Assets",
  "page of 1,000 after a key": ({ id }) => `Assets?$skiptoken=${first(id)}`,
};

// Any key at the beginning of the list: a full page has to follow it.
function first(id: string): string {
  return id.replace(/UUID:.*/, "UUID:00000000-0000-0000-0000-000000000000");
}

async function main(): Promise<number> {
  const azurite = await startAzurite();
  const service = await startMediaServiceHere({ storage: azurite, env: { ROLES: "api" } });
  try {
    const api = await ApiClient.connect(service);
    const assets = await seedAssets(azurite, 0, SMALL);
    // Once for nothing: the first calls of a process are slow, and would make the rest look good.
    await measureAll(api, assets);
    const small = await measureAll(api, assets);
    const started = performance.now();
    await seedAssets(azurite, SMALL, LARGE);
    const seconds = (performance.now() - started) / 1000;
    console.log(`${LARGE - SMALL} more assets seeded in ${seconds.toFixed(0)} s`);
    return report(small, await measureAll(api, assets));
  } finally {
    await service.stop();
    await azurite.kill();
  }
}

async function measureAll(
  api: ApiClient,
  assets: readonly Asset[],
): Promise<ReadonlyMap<string, number>> {
  const medians = new Map<string, number>();
  for (const [name, address] of Object.entries(READS)) {
    const times: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const asset = assets[(round * 31) % assets.length];
      if (asset === undefined) throw new Error("There must be assets");
      times.push(await timeOf(api, address(asset)));
    }
    medians.set(name, times.sort((a, b) => a - b)[Math.floor(ROUNDS / 2)] ?? Number.NaN);
  }
  return medians;
}

async function timeOf(api: ApiClient, address: string): Promise<number> {
  const start = performance.now();
  const reply = await api.call("GET", address);
  if (reply.status !== 200) throw new Error(`GET ${address}: ${reply.status} ${reply.text}`);
  return performance.now() - start;
}

function report(small: ReadonlyMap<string, number>, large: ReadonlyMap<string, number>): number {
  let status = 0;
  console.log(`median of ${ROUNDS}, with ${SMALL} assets and with ${LARGE}:`);
  for (const [name, before] of small) {
    const after = large.get(name) ?? Number.NaN;
    const ratio = after / before;
    const verdict = ratio <= MAX_RATIO ? "" : `  more than ${MAX_RATIO} times`;
    if (verdict !== "") status = 1;
    const times = `${before.toFixed(1).padStart(8)} ms ${after.toFixed(1).padStart(8)} ms`;
    console.log(`${name.padEnd(28)}${times} ${ratio.toFixed(2).padStart(6)}${verdict}`);
  }
  return status;
}

void main().then((status) => {
  process.exitCode = status;
});
