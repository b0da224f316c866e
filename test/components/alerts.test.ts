import { strict as assert } from "node:assert";
import { before, describe, it } from "mocha";
import { ConfigReader } from "../../components/settings/config-reader";
import { readHosting } from "../../components/settings/hosting";
import { checkDeclaration } from "../../local-cloud/stand-in/check-declaration";
import { knownKinds } from "../../local-cloud/stand-in/kinds/known-kinds";
import { type AzureResource, azureResources } from "./declared-resources";

const onCall =
  "/subscriptions/s/resourceGroups/ops/providers/Microsoft.Insights/actionGroups/on-call";
const alertType = "azure-native:monitor:MetricAlert";

describe("Who is told that a data center is not well", function () {
  this.timeout(60_000);
  let told: AzureResource[];

  const one = (name: string, type = alertType): AzureResource => {
    const found = told.find((each) => each.type === type && each.name === name);
    assert(found, `${type} ${name} is not declared`);
    return found;
  };

  before(async () => {
    const alerts = { emails: ["media@example.com"], actionGroupIds: [onCall] };
    told = await azureResources("staging", { alerts, maxWorkers: 3 });
  });

  it("is nobody where nobody is named", async () => {
    const types = (await azureResources("staging")).map(({ type }) => type);

    assert(types.includes("azure-native:applicationinsights:WebTest"));
    assert.deepEqual(
      types.filter((type) => /Alert|ActionGroup/.test(type)),
      [],
    );
  });

  it("is asked for by rules for the edge and each data center, which tell everybody", () => {
    const alerts = told.filter(({ type }) => type === alertType);
    const group = one("west-alerts", "azure-native:monitor:ActionGroup");

    assert.deepEqual(alerts.map(({ name }) => name).sort(), [
      "east-failures",
      "east-unreachable",
      "east-waiting",
      "edge-failures",
      "shared-unreachable",
      "west-failures",
      "west-unreachable",
      "west-waiting",
    ]);
    assert.deepEqual(one("west-failures").inputs["actions"], [
      { actionGroupId: group.id },
      { actionGroupId: onCall },
    ]);
    assert.deepEqual(group.inputs["emailReceivers"], [
      { name: "media@example.com", emailAddress: "media@example.com", useCommonAlertSchema: true },
    ]);
  });

  it("is told when three places of five find it not ready", () => {
    const { inputs } = one("east-unreachable");
    const test = one("east-ready", "azure-native:applicationinsights:WebTest").id;
    const component = one("east", "azure-native:applicationinsights:Component").id;

    assert.deepEqual(inputs["scopes"], [test, component]);
    assert.deepEqual(inputs["criteria"], {
      odataType: "Microsoft.Azure.Monitor.WebtestLocationAvailabilityCriteria",
      webTestId: test,
      componentId: component,
      failedLocationCount: 3,
    });
    assert.deepEqual([inputs["severity"], inputs["windowSize"]], [1, "PT5M"]);
  });

  it("is told when requests fail, and when all encoders have been at work for an hour", () => {
    const [failures] = criteriaOf(one("east-failures"));
    const [waiting] = criteriaOf(one("east-waiting"));

    assert.deepEqual(failures, {
      criterionType: "StaticThresholdCriterion",
      name: "requests",
      metricNamespace: "Microsoft.App/containerApps",
      metricName: "Requests",
      timeAggregation: "Total",
      operator: "GreaterThan",
      threshold: 20,
      dimensions: [{ name: "statusCodeCategory", operator: "Include", values: ["5xx"] }],
    });
    const [edge] = criteriaOf(one("edge-failures"));
    assert.deepEqual(
      [edge?.["metricName"], edge?.["timeAggregation"], edge?.["threshold"]],
      ["Percentage5XX", "Average", 1],
    );
    assert.deepEqual(
      [waiting?.["metricName"], waiting?.["timeAggregation"], waiting?.["threshold"]],
      ["Replicas", "Minimum", 3],
    );
    assert.deepEqual(one("east-waiting").inputs["scopes"], [
      one("east-encode", "azure-native:app:ContainerApp").id,
    ]);
  });

  it("is declared as the package's types and Azure's rules want it", () => {
    const watched = told.filter(({ type }) => type.startsWith("azure-native:monitor:"));
    for (const { type, name, inputs } of watched) {
      const urn = `urn:pulumi:test::twinstream::${type}::${name}`;
      const { problems } = checkDeclaration(knownKinds, { type, name, urn }, inputs);
      assert.deepEqual(problems, [], `${type} ${name}`);
    }
  });
});

function criteriaOf({ inputs }: AzureResource): Record<string, unknown>[] {
  return (inputs["criteria"] as { allOf: Record<string, unknown>[] }).allOf;
}

describe("How a data center's apps end, remember and are watched", () => {
  const read = (values: Record<string, unknown>) => {
    const config = new ConfigReader((name) => {
      const value = values[name];
      return value === undefined || typeof value === "string" ? value : JSON.stringify(value);
    });
    return { hosting: readHosting(config), problems: config.problems };
  };

  it("is chosen by the settings, or left to what is good for most", () => {
    const { hosting, problems } = read({
      shutdownDelaySeconds: 10,
      origin: { segmentCacheMiB: 256, stallSeconds: 20 },
    });

    assert.deepEqual(problems, []);
    assert.deepEqual(hosting.shutdown, { delaySeconds: 10, graceSeconds: 45 });
    assert.deepEqual(
      [hosting.origin.segmentCacheMiB, hosting.origin.stallSeconds, hosting.origin.indexCacheMiB],
      [256, 20, undefined],
    );
    assert.equal(read({}).hosting.shutdown.delaySeconds, 5);
  });

  for (const { why, values, problem } of [
    {
      why: "more memory than the app has for it",
      values: { origin: { indexCacheMiB: 600, segmentCacheMiB: 600 } },
      problem: /^origin: takes 1200 MiB; allowed: 1024 together/,
    },
    {
      why: "a delay that no platform waits for",
      values: { shutdownDelaySeconds: 61 },
      problem: 'shutdownDelaySeconds: is "61"; allowed: a whole number from 0 to 60',
    },
    {
      why: "an address that is none",
      values: { alerts: { emails: ["media"] } },
      problem: 'alerts.emails[0]: is "media"; allowed: an e-mail address',
    },
    {
      why: "a group that is none",
      values: { alerts: { actionGroupIds: ["on-call"] } },
      problem: /^alerts\.actionGroupIds\[0\]: is "on-call"; allowed: the resource id/,
    },
    {
      why: "alerts of what nobody watches",
      values: { monitoring: "false", alerts: { emails: ["media@example.com"] } },
      problem: "alerts: is set, but monitoring is false; set monitoring to true",
    },
  ]) {
    it(`is refused with ${why}`, () => {
      const { problems } = read(values);

      assert.equal(problems.length, 1, problems.join("\n"));
      if (typeof problem === "string") assert.equal(problems[0], problem);
      else assert.match(problems[0] ?? "", problem);
    });
  }
});
