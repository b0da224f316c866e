import { strict as assert } from "node:assert";
import { describe, it } from "mocha";
import { ViewersHost, type ViewersHostArgs } from "../../components/viewers-host";
import { deploy, type Deployment, ofType, resource } from "./deploy";

const args: ViewersHostArgs = {
  resourceGroupName: "group",
  relativeName: "label-viewers",
  domain: {
    name: "video.example.com",
    zone: { name: "example.com", resourceGroup: "dns" },
    certificateId: undefined,
  },
  activePath: "front-door",
  frontDoorHost: "label.edge.test",
  dataCentersProfileId: "profile of the data centers",
  publicScheme: "https",
};
const profileType = "azure-native:trafficmanager:Profile";
const endpointType = "azure-native:trafficmanager:Endpoint";

describe("ViewersHost", () => {
  const declare = (changes: Partial<ViewersHostArgs> = {}): Promise<Deployment> =>
    deploy(() => new ViewersHost("viewers", { ...args, ...changes }));

  it("declares a switch that goes by weights alone", async () => {
    const deployment = await declare({ tags: { owner: "media" } });

    assert.deepEqual(resource(deployment, profileType, "viewers").inputs, {
      resourceGroupName: "group",
      profileName: "label-viewers",
      location: "global",
      profileStatus: "Enabled",
      trafficRoutingMethod: "Weighted",
      dnsConfig: { relativeName: "label-viewers", ttl: 10 },
      monitorConfig: {
        protocol: "HTTPS",
        port: 443,
        path: "/readyz",
        intervalInSeconds: 10,
        timeoutInSeconds: 5,
        toleratedNumberOfFailures: 3,
        expectedStatusCodeRanges: [{ min: 200, max: 200 }],
      },
      tags: { owner: "media" },
    });
    for (const { parent } of deployment.resources.slice(1)) {
      assert.equal(parent, "twinstream:edge:ViewersHost viewers");
    }
  });

  it("leads to Front Door without asking it, or to the profile of the data centers", async () => {
    const endpoints = ofType(await declare(), endpointType);
    const scope = { resourceGroupName: "group", profileName: "label-viewers", weight: 100 };

    assert.deepEqual(endpoints["viewers-front-door"]?.inputs, {
      ...scope,
      endpointName: "front-door",
      endpointType: "ExternalEndpoints",
      target: "label.edge.test",
      alwaysServe: "Enabled",
      endpointStatus: "Enabled",
    });
    assert.deepEqual(endpoints["viewers-direct"]?.inputs, {
      ...scope,
      endpointName: "data-centers",
      endpointType: "NestedEndpoints",
      targetResourceId: "profile of the data centers",
      minChildEndpoints: 1,
      endpointStatus: "Disabled",
    });
  });

  for (const { activePath, frontDoor, direct } of [
    { activePath: "front-door", frontDoor: "Enabled", direct: "Disabled" },
    { activePath: "direct", frontDoor: "Disabled", direct: "Enabled" },
    { activePath: "both", frontDoor: "Enabled", direct: "Enabled" },
  ] as const) {
    it(`is switched by activePath: ${activePath}`, async () => {
      const endpoints = ofType(await declare({ activePath }), endpointType);

      assert.equal(endpoints["viewers-front-door"]?.inputs["endpointStatus"], frontDoor);
      assert.equal(endpoints["viewers-direct"]?.inputs["endpointStatus"], direct);
    });
  }

  it("makes the host an alias of the switch, in its zone", async () => {
    const deployment = await declare();

    assert.deepEqual(resource(deployment, "azure-native:dns:RecordSet", "viewers").inputs, {
      resourceGroupName: "dns",
      zoneName: "example.com",
      relativeRecordSetName: "video",
      recordType: "CNAME",
      ttl: 300,
      cnameRecord: { cname: "label-viewers.router.test" },
    });
  });

  it("leaves the records to others where no zone is given", async () => {
    const domain = { ...args.domain, zone: undefined };

    assert.deepEqual(ofType(await declare({ domain }), "azure-native:dns:RecordSet"), {});
  });

  it("sends its logs to a workspace where there is one", async () => {
    const deployment = await declare({ logWorkspaceId: "workspace" });
    const { inputs } = resource(
      deployment,
      "azure-native:monitor:DiagnosticSetting",
      "viewers-logs",
    );

    assert.equal(inputs["resourceUri"], "id of azure-native:trafficmanager:Profile viewers");
    assert.equal(inputs["workspaceId"], "workspace");
  });
});
