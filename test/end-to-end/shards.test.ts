import { strict as assert } from "node:assert";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, describe, it } from "mocha";
import { stringify } from "yaml";
import type { AccountConnection } from "../../dynamic-providers/operations/media-services-client/account-connection";
import { MediaServicesClient } from "../../dynamic-providers/operations/media-services-client/client";
import { streamingEndpoints } from "../../dynamic-providers/operations/media-services-client/entities";
import {
  accountConnections,
  type AccountContents,
  accountContents,
} from "../support/account-contents";
import { type CommandResult, LocalCloud, type StackOutputs } from "../support/local-cloud";
import { firstSegments } from "../support/streaming";

// Of these names the first shard of two holds "spring", the second the other.
const file = "test/fixtures/tiny-clip.mp4";
const videos = [
  { name: "spring", file },
  { name: "big buck bunny", file, locatorId: "0a1b2c3d-0000-4000-8000-00000000000f" },
];

describe("a library that is divided between two stacks", function () {
  this.timeout(600_000);
  let cloud: LocalCloud;
  /** Before it was divided. */
  let whole: StackOutputs;
  let first: StackOutputs;
  let accounts: Record<string, AccountConnection>;

  before(async () => {
    cloud = await LocalCloud.create({ config: { videos } });
    await cloud.start(480);
    whole = await cloud.outputs();
    await cloud.configure({ videos, shard: { index: 1, count: 2 } });
    const { status, output } = await cloud.pulumi("up", "--yes", "--skip-preview");
    assert.equal(status, 0, output);
    first = await cloud.outputs();
    accounts = await accountConnections(cloud);
  });
  after(async () => {
    await cloud[Symbol.asyncDispose]();
  });

  /** Runs a command of the second stack, configured as docs/azure.md has it. */
  async function second(command: string, ...args: string[]): Promise<CommandResult> {
    const { edgeHost, trafficManagerHost, origins } = first;
    const config: Record<string, unknown> = {
      ...(await cloud.configuration()),
      "twinstream:videos": videos,
      "twinstream:shard": { index: 2, count: 2, edgeHost, trafficManagerHost },
      "twinstream:mediaServices": "existing",
      "twinstream:accounts": Object.fromEntries(
        Object.entries(accounts).map(([name, account]) => [
          name,
          { ...account, streamingHost: origins[name] },
        ]),
      ),
    };
    const file = join(cloud.home, "second.yaml");
    await writeFile(file, stringify({ config }));
    const result = await cloud.command(
      "local-cloud/pulumi.ts",
      ...[command, ...args, "--stack", "second", "--config-file", file],
    );
    assert.equal(result.status, 0, result.output);
    return result;
  }

  /** What each account holds, and whether it serves. */
  function contents(): Promise<(AccountContents & { state: string | undefined })[]> {
    return Promise.all(
      Object.values(accounts).map(async (account) => {
        const [endpoint] = await new MediaServicesClient(account).find(streamingEndpoints);
        return { ...(await accountContents(account)), state: endpoint?.state };
      }),
    );
  }

  async function assertPlays(outputs: StackOutputs, name: string): Promise<void> {
    assert.deepEqual(
      outputs.videos.map((video) => video.name),
      [name],
    );
    for (const host of ["east", "west", "edge", "trafficManager"]) {
      const segments = await firstSegments(outputs.videos[0]?.urls[host]?.hls ?? "");
      assert(segments.length > 0, `${name} on ${host}`);
    }
  }

  it("plays from both stacks, comes to rest, and loses with the second one that one's videos only", async () => {
    const alone = await contents();
    await second("up", "--yes", "--skip-preview");
    const { output } = await second("stack", "output", "--json");

    const outputs = JSON.parse(output.slice(output.indexOf("{"))) as StackOutputs;
    await assertPlays(first, "spring");
    await assertPlays(outputs, "big buck bunny");
    assert.deepEqual([...first.videos, ...outputs.videos], whole.videos);
    const together = await contents();
    assert(
      together.every(({ assets }, place) => assets.length > (alone[place]?.assets.length ?? 0)),
    );

    await second("preview", "--refresh", "--expect-no-changes");
    await assertFirstAtRest();

    await second("destroy", "--yes");
    assert.deepEqual(await contents(), alone);
    assert.deepEqual([...new Set(alone.map(({ state }) => state))], ["Running"]);
    await assertPlays(first, "spring");
    await assertFirstAtRest();
  });

  async function assertFirstAtRest(): Promise<void> {
    const { status, output } = await cloud.pulumi("preview", "--refresh", "--expect-no-changes");
    assert.equal(status, 0, output);
  }
});
