import { strict as assert } from "node:assert";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, it } from "mocha";
import { ContentDelivery } from "../../../components/content-delivery";
import { TrafficRouting } from "../../../components/traffic-routing";
import { ViewersHost } from "../../../components/viewers-host";
import { edgeProperties, unlistedPaths } from "../../../local-cloud/edge/declared-properties";
import type { Properties } from "../../../local-cloud/stand-in/properties";
import { deploy } from "../../components/deploy";

const PAGE = resolve(__dirname, "../../../docs/failover.md");

describe("what is declared of the edge", () => {
  for (const publicScheme of ["http", "https"] as const) {
    it(`over ${publicScheme} is obeyed, recorded, or said not to be`, async () => {
      const tags = { owner: "media" };
      const origins = ["east", "west"].map((name, index) => ({
        name,
        host: `${name}.test`,
        priority: index + 1,
      }));
      const domain = { name: "video.example.com", zone: undefined, certificateId: undefined };
      const shared = { resourceGroupName: "group", origins, publicScheme, tags, domain };
      const delivery = { frontDoorSku: "premium", firewallMode: "prevention" } as const;
      const { resources } = await deploy(() => ({
        edge: new ContentDelivery("edge", { ...shared, ...delivery, endpointName: "label" }).host,
        router: new TrafficRouting("router", { ...shared, relativeName: "label" }).host,
        viewers: new ViewersHost("viewers", {
          ...shared,
          activePath: "front-door",
          relativeName: "label-viewers",
          frontDoorHost: "edge.test",
          dataCentersProfileId: "profile",
        }).host,
      }));

      const declared = resources.filter(({ type }) => type in edgeProperties);
      assert.deepEqual(
        new Set(declared.map(({ type }) => type)),
        new Set(Object.keys(edgeProperties)),
      );
      for (const { type, inputs } of declared) {
        assert.deepEqual(unlistedPaths(type, inputs as Properties), [], type);
      }
    });
  }

  it("is found out where nobody has a word for it, deep inside too", () => {
    assert.deepEqual(
      unlistedPaths("azure-native:cdn:AFDOriginGroup", {
        resourceGroupName: "group",
        originGroupName: "g",
        healthProbeSettings: { probePath: "/", probeColour: "blue" },
        authentication: { type: "SystemAssignedIdentity" },
        sessionAffinityState: null,
      }),
      ["healthProbeSettings.probeColour", "authentication.type"],
    );
    assert.deepEqual(
      unlistedPaths("azure-native:trafficmanager:Profile", {
        endpoints: [{ name: "a", target: "a.test", subnets: [{ first: "10.0.0.0" }] }],
      }),
      ["endpoints[].subnets[].first"],
    );
  });

  it("is listed in the docs as it is in the code", () => {
    const section =
      /## What the edge obeys\n(.*?)\n## /s.exec(readFileSync(PAGE, "utf8"))?.[1] ?? "";
    const rows = section.split("\n").filter((line) => line.startsWith("| `"));
    const found = rows.map((row) =>
      row
        .split("|")
        .map((cell) => cell.trim())
        .slice(1, 5),
    );

    const expected = Object.entries(edgeProperties).flatMap(([token, properties]) =>
      Object.entries(properties)
        // Inside of a profile they are the same as on their own.
        .filter(([path]) => !path.startsWith("endpoints[]."))
        .map(([path, [verdict, note = ""]]) => [
          `\`${token.replace(/^azure-native:/, "")}\``,
          `\`${path}\``,
          verdict,
          note,
        ]),
    );
    assert.deepEqual(found, expected);
  });
});
