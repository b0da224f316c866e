import { strict as assert } from "node:assert";
import { afterEach, describe, it } from "mocha";
import type { OriginGroupSettings } from "../../../local-cloud/edge/front-door-settings";
import { OriginGroup } from "../../../local-cloud/edge/origin-group";
import { until } from "../until";
import { says, ToyOrigin } from "./toy-origin";

describe("an origin group", () => {
  const open: (Disposable | AsyncDisposable)[] = [];
  afterEach(async () => {
    for (const thing of open.splice(0).reverse()) {
      if (Symbol.asyncDispose in thing) await thing[Symbol.asyncDispose]();
      else thing[Symbol.dispose]();
    }
  });

  async function origin(name: string, latencyMs = 0): Promise<ToyOrigin> {
    const toy = await ToyOrigin.start(name, (request, response) => {
      setTimeout(() => {
        says(name)(request, response);
      }, latencyMs);
    });
    open.push(toy);
    return toy;
  }

  function group(
    origins: readonly [ToyOrigin, { priority?: number; weight?: number }][],
    changes: Partial<OriginGroupSettings> = {},
  ): OriginGroup {
    const made = new OriginGroup({
      id: "group",
      origins: origins.map(([toy, { priority = 1, weight = 1000 }]) => ({
        ...toy.settings(priority),
        weight,
      })),
      probe: {
        path: "/readyz",
        protocol: "http",
        method: "HEAD",
        intervalMs: 30,
        timeoutMs: 1000,
        statuses: [[200, 200]],
      },
      sampleSize: 4,
      successfulSamplesRequired: 3,
      additionalLatencyMs: 0,
      ...changes,
    });
    open.push(made);
    return made;
  }

  /** How often each origin comes first. */
  function shares(made: OriginGroup, draws = 4000): Record<string, number> {
    const counts: Record<string, number> = {};
    for (let index = 0; index < draws; index += 1) {
      const [first] = made.candidates({ byRequestsToo: true });
      const name = first?.name ?? "";
      counts[name] = (counts[name] ?? 0) + 1 / draws;
    }
    return counts;
  }

  const probed = (made: OriginGroup): Promise<void> =>
    until("probed", () => made.health().every(({ detail }) => detail === "200"));

  it("shares requests by weight among origins that are about as fast", async () => {
    const made = group(
      [
        [await origin("east"), { weight: 750 }],
        [await origin("west"), { weight: 250 }],
      ],
      { additionalLatencyMs: 1000 },
    );
    await probed(made);

    const { east = 0, west = 0 } = shares(made);

    assert(Math.abs(east - 0.75) < 0.05, `east had ${east}`);
    assert(Math.abs(west - 0.25) < 0.05, `west had ${west}`);
  });

  it("leaves the slower one out, however heavy, outside of the latency band", async () => {
    const made = group(
      [
        [await origin("near"), { weight: 1 }],
        [await origin("far", 250), { weight: 1000 }],
      ],
      { additionalLatencyMs: 50 },
    );
    await probed(made);

    assert.deepEqual(Object.keys(shares(made, 100)), ["near"]);
  });

  it("goes by priority before latency and weight", async () => {
    const made = group([
      [await origin("second"), { priority: 2, weight: 1000 }],
      [await origin("first", 100), { priority: 1, weight: 1 }],
    ]);
    await probed(made);

    assert.deepEqual(
      made.candidates({ byRequestsToo: true }).map(({ name }) => name),
      ["first", "second"],
    );
  });

  it("takes an origin that failed a request back once enough probes vouch for it", async () => {
    const east = await origin("east");
    const made = group([
      [east, { priority: 1 }],
      [await origin("west"), { priority: 2 }],
    ]);
    const first = (): string | undefined => made.candidates({ byRequestsToo: true })[0]?.name;
    let probes = 0;
    east.behaviour = (_request, response) => {
      probes += 1;
      response.end();
    };
    await until("probed", () => probes > 0);

    made.distrust("east");
    const before = probes;
    assert.equal(first(), "west");
    assert.equal(made.candidates({ byRequestsToo: false })[0]?.name, "east");
    await until("back", () => first() === "east");

    assert(probes - before >= 2, `${probes - before} probes were enough`);
  });
});
