import * as applicationinsights from "@pulumi/azure-native/applicationinsights";
import * as pulumi from "@pulumi/pulumi";

/** What a data center's availability test is declared from. */
export interface AvailabilityTestArgs {
  resourceGroupName: pulumi.Input<string>;
  location: string;
  insightsId: pulumi.Input<string>;
  testName: string;
  /** Scheme and host that is asked. */
  baseUrl: pulumi.Input<string>;
  tags?: Record<string, string>;
}

/** North and West Europe, East and West of the United States, and South East Asia, by their old names. */
const places = [
  "emea-gb-db3-azr",
  "emea-nl-ams-azr",
  "us-va-ash-azr",
  "us-ca-sjc-azr",
  "apac-sg-sin-azr",
];

/** Has a data center asked from around the world whether it is ready, every five minutes. */
export function declareAvailabilityTest(
  name: string,
  args: AvailabilityTestArgs,
  opts: pulumi.CustomResourceOptions,
): applicationinsights.WebTest {
  const { resourceGroupName, location, insightsId, testName, baseUrl, tags } = args;
  const { Standard } = applicationinsights.WebTestKind;
  return new applicationinsights.WebTest(
    `${name}-ready`,
    {
      resourceGroupName,
      location,
      webTestName: testName,
      syntheticMonitorId: testName,
      webTestKind: Standard,
      kind: Standard,
      enabled: true,
      frequency: 300,
      timeout: 30,
      retryEnabled: true,
      locations: places.map((place) => ({ location: place })),
      request: { requestUrl: pulumi.interpolate`${baseUrl}/readyz`, httpVerb: "GET" },
      validationRules: { expectedHttpStatusCode: 200 },
      // The portal finds a test's component by this tag, and nothing else.
      tags: pulumi
        .output(insightsId)
        .apply((id) => ({ ...tags, [`hidden-link:${id}`]: "Resource" })),
    },
    opts,
  );
}
