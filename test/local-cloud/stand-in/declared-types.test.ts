import { strict as assert } from "node:assert";
import { readFileSync } from "node:fs";
import { describe, it } from "mocha";
import { checkDeclaration } from "../../../local-cloud/stand-in/check-declaration";
import type { Problem } from "../../../local-cloud/stand-in/finding";
import { type Properties, unknown } from "../../../local-cloud/stand-in/properties";
import { nearestName } from "../../../local-cloud/stand-in/tables/nearest-name";

/** What the package's types alone say of a declaration. */
function problems(type: string, inputs: Properties): Problem[] {
  const resource = { type, name: "x", urn: `urn:pulumi:test::twinstream::${type}::x` };
  return checkDeclaration(new Map(), resource, inputs).problems;
}

/** A package with the version that is installed. */
function installed(name: string): string {
  const manifest = readFileSync(require.resolve(`${name}/package.json`), "utf8");
  return `${name} ${(JSON.parse(manifest) as { version: string }).version}`;
}

const rule = (conditions: Properties[], actions: Properties[] = []): Properties => ({
  resourceGroupName: "g",
  profileName: "p",
  ruleSetName: "s",
  conditions,
  actions,
});
const app = (template: Properties): Properties => ({ resourceGroupName: "g", template });
const container = (more: Properties) => app({ containers: [{ name: "a", ...more }] });
const types = {
  account: "azure-native:storage:StorageAccount",
  app: "azure-native:app:ContainerApp",
  rule: "azure-native:cdn:Rule",
  profile: "azure-native:trafficmanager:Profile",
  classic: "azure:media/serviceAccount:ServiceAccount",
};

describe("The types that the installed packages declare", function () {
  this.timeout(60_000);

  for (const { why, type, inputs, property, reason } of [
    {
      why: "a misspelt property deep inside",
      type: types.app,
      inputs: container({ probes: [{ httpGet: { path: "/", porrt: 80, port: 80 } }] }),
      property: "template.containers[0].probes[0].httpGet.porrt",
      reason: 'is not a property that exists here; did you mean "port"?',
    },
    {
      why: "a property that is like none",
      type: types.app,
      inputs: app({ scale: { elasticity: 3 } }),
      property: "template.scale.elasticity",
      reason:
        "is not a property that exists here; known are cooldownPeriod, maxReplicas, minReplicas, pollingInterval, rules",
    },
    {
      why: "a text in place of a number",
      type: types.app,
      inputs: app({ scale: { maxReplicas: "10" } }),
      property: "template.scale.maxReplicas",
      reason: '"10" is not a number',
    },
    {
      why: "a number in place of a text",
      type: types.profile,
      inputs: { resourceGroupName: "g", location: 3 },
      property: "location",
      reason: "3 is not text",
    },
    {
      why: "a text in place of a truth value",
      type: types.account,
      inputs: {
        resourceGroupName: "g",
        kind: "StorageV2",
        sku: { name: "Standard_LRS" },
        allowSharedKeyAccess: "false",
      },
      property: "allowSharedKeyAccess",
      reason: '"false" is not true or false',
    },
    {
      why: "one thing in place of a list",
      type: types.app,
      inputs: app({ containers: { name: "a" } }),
      property: "template.containers",
      reason: "a map is not a list",
    },
    {
      why: "a list in place of an object",
      type: types.app,
      inputs: { resourceGroupName: "g", template: [] },
      property: "template",
      reason: "a list is not an object",
    },
    {
      why: "a number among the values of a map",
      type: types.app,
      inputs: { resourceGroupName: "g", tags: { "cost.centre": 7 } },
      property: 'tags["cost.centre"]',
      reason: "7 is not text",
    },
    {
      why: "a missing property at top level",
      type: types.app,
      inputs: {},
      property: "resourceGroupName",
      reason: "is required",
    },
    {
      why: "a missing property inside a list",
      type: types.classic,
      inputs: { resourceGroupName: "g", storageAccounts: [{ isPrimary: true }] },
      property: "storageAccounts[0].id",
      reason: "is required",
    },
    {
      why: "an action of a kind that there is not",
      type: types.rule,
      inputs: rule([], [{ name: "UrlRewrit", parameters: {} }]),
      property: "actions[0].name",
      reason:
        '"UrlRewrit" is not one of CacheExpiration, CacheKeyQueryString, ModifyRequestHeader, ModifyResponseHeader, RouteConfigurationOverride, OriginGroupOverride, UrlRedirect, UrlRewrite, UrlSigning; did you mean "UrlRewrite"?',
    },
    {
      why: "an action that doesn't say of which kind it is",
      type: types.rule,
      inputs: rule([], [{ parameters: {} }]),
      property: "actions[0].name",
      reason: "is required",
    },
    {
      why: "a property of another kind of action",
      type: types.rule,
      inputs: rule(
        [],
        [
          {
            name: "UrlRewrite",
            parameters: {
              typeName: "DeliveryRuleUrlRewriteActionParameters",
              destination: "/",
              sourcePattern: "/",
              queryString: "a",
            },
          },
        ],
      ),
      property: "actions[0].parameters.queryString",
      reason:
        "is not a property that exists here; known are destination, preserveUnmatchedPath, sourcePattern, typeName",
    },
    {
      why: "a wrong value in a condition of a known kind",
      type: types.rule,
      inputs: rule([
        {
          name: "UrlPath",
          parameters: {
            typeName: "DeliveryRuleUrlPathMatchConditionParameters",
            operator: "Contain",
            matchValues: ["a"],
          },
        },
      ]),
      property: "conditions[0].parameters.operator",
      reason:
        '"Contain" is not one of Any, Equal, Contains, BeginsWith, EndsWith, LessThan, LessThanOrEqual, GreaterThan, GreaterThanOrEqual, Wildcard, RegEx; did you mean "Contains"?',
    },
    {
      why: "a type of another package's, and says what is like it",
      type: "azure:media/serviceAcount:ServiceAcount",
      inputs: {},
      property: "",
      reason: `azure:media/serviceAcount:ServiceAcount is no resource of ${installed("@pulumi/azure")}; did you mean "ServiceAccount"?`,
    },
    {
      why: "a type in a module that there is not",
      type: "azure-native:storag:Queue",
      inputs: {},
      property: "",
      reason: `azure-native:storag:Queue is no resource of ${installed("@pulumi/azure-native")}; did you mean "storage"?`,
    },
  ]) {
    it(`refuse ${why}`, () => {
      assert.deepEqual(problems(type, inputs), [{ property, reason }]);
    });
  }

  it("let pass what a preview doesn't know, and properties that are null", () => {
    const inputs = {
      resourceGroupName: unknown,
      identity: null,
      template: { containers: [unknown, { name: unknown, env: unknown, probes: [] }], scale: null },
    };

    assert.deepEqual(problems(types.app, inputs), []);
    assert.deepEqual(problems(types.rule, rule([{ name: unknown, whatever: 1 }])), []);
  });

  it("name the misspelt property that should have said of which kind an action is", () => {
    assert.deepEqual(problems(types.rule, rule([], [{ nam: "UrlRewrite", parameters: {} }])), [
      { property: "actions[0].name", reason: "is required" },
      {
        property: "actions[0].nam",
        reason: 'is not a property that exists here; did you mean "name"?',
      },
    ]);
  });

  it("name every mistake at once", () => {
    const inputs = { template: { scales: {}, containers: [{ image: 1 }, { imag: "b" }] } };

    assert.deepEqual(
      problems(types.app, inputs).map(({ property }) => property),
      [
        "resourceGroupName",
        "template.scales",
        "template.containers[0].image",
        "template.containers[1].imag",
      ],
    );
  });

  it("shorten what they show of a long value", () => {
    const [problem] = problems(types.app, container({ resources: { cpu: "9".repeat(900) } }));

    assert.match(problem?.reason ?? "", /^"9{399}… is not a number$/);
  });
});

describe("The nearest name", () => {
  for (const [wrong, names, nearest] of [
    ["minReplica", ["maxReplicas", "minReplicas"], "minReplicas"],
    ["Standard_ZSR", ["Standard_LRS", "Standard_ZRS"], "Standard_ZRS"],
    ["httpsport", ["httpPort", "httpsPort"], "httpsPort"],
    ["colour", ["image", "name"], undefined],
    ["x", [], undefined],
  ] as const) {
    it(`to ${wrong} among ${names.join(", ") || "none"} is ${nearest ?? "none"}`, () => {
      assert.equal(nearestName(wrong, names), nearest);
    });
  }
});
