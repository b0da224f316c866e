import { strict as assert } from "node:assert";
import { after, before, describe, it } from "mocha";
import { ApiClient, VERBOSE } from "../../support/api-client";
import { type Azurite, startAzurite } from "../../support/azurite";
import { startMediaServiceHere, type TestMediaService } from "../../support/media-service";
import { seedAssets } from "../../support/seed-assets";

const ASSETS = 2100;

interface Page {
  readonly results: readonly { readonly Id: string; readonly Name: string }[];
  readonly __next?: string;
  readonly __count?: string;
}

describe("a list of more than one page", () => {
  let azurite: Azurite;
  let service: Omit<TestMediaService, "pid" | "kill">;
  let api: ApiClient;

  before(async function () {
    this.timeout(120_000);
    azurite = await startAzurite();
    service = await startMediaServiceHere({ storage: azurite, env: { ROLES: "api" } });
    api = await ApiClient.connect(service);
    await seedAssets(azurite, 0, ASSETS);
  });

  after(async () => {
    await service.stop();
    await azurite.stop();
  });

  const page = async (address: string): Promise<Page> =>
    (await api.call("GET", address.replace(service.apiUrl, ""))).json.d as unknown as Page;
  const allPages = async (address: string): Promise<Page[]> => {
    const pages = [await page(address)];
    for (let next = pages[0]?.__next; next !== undefined; next = pages.at(-1)?.__next) {
      pages.push(await page(next));
    }
    return pages;
  };

  for (const [query, sizes, goesOnBy] of [
    ["", [1000, 1000, 100], "$skiptoken"],
    ["?$top=1500&$skip=100", [1000, 500], "$skiptoken"],
    ["?$filter=startswith(Name,'asset')&$select=Id,Name", [1000, 1000, 100], "$skiptoken"],
    ["?$orderby=Name desc", [1000, 1000, 100], "$skip"],
    ["?$filter=State eq 0", [1000, 1000, 100], "$skip"],
    ["?$top=1000", [1000], undefined],
    ["?$skip=2000", [100], undefined],
  ] as const) {
    it(`goes on after 1,000 entities where it stopped, and ends: Assets${query}`, async () => {
      const pages = await allPages(`Assets${query}`);
      assert.deepEqual(
        pages.map(({ results }) => results.length),
        sizes,
      );
      const ids = pages.flatMap(({ results }) => results.map(({ Id }) => Id));
      assert.equal(new Set(ids).size, ids.length, "none is there twice");
      const next = pages[0]?.__next;
      assert.equal(next === undefined, goesOnBy === undefined);
      if (goesOnBy !== undefined) assert.ok(next?.includes(`${goesOnBy}=`), next);
    });
  }

  it("is sorted over all of its pages", async () => {
    const pages = await allPages("Assets?$orderby=Name desc");
    const names = pages.flatMap(({ results }) => results.map(({ Name }) => Name));
    assert.deepEqual(names, [...names].sort().reverse());
  });

  it("is counted as a whole on every page", async () => {
    const pages = await allPages("Assets?$inlinecount=allpages&$skip=500");
    assert.deepEqual(
      pages.map(({ __count: count }) => count),
      [`${ASSETS}`, `${ASSETS}`],
    );
  });

  it("tells where it goes on in light JSON and in Atom, too", async () => {
    const light = await api.call("GET", "Assets", { headers: { accept: "application/json" } });
    const { "odata.nextLink": next } = light.json as unknown as { "odata.nextLink": string };
    assert.match(next, /\/api\/Assets\?\$skiptoken=nb%3Acid/);
    const atom = await api.call("GET", "Assets", { headers: { accept: "application/atom+xml" } });
    assert.ok(atom.text.includes(`<link rel="next" href="${next.replaceAll("&", "&amp;")}" />`));
    const last = await api.call("GET", next.replace(service.apiUrl, ""), {
      headers: { accept: VERBOSE },
    });
    assert.equal(last.json.d.results.length, 1000);
  });
});
