import { strict as assert } from "node:assert";
import { describe, it } from "mocha";
import { localSubscriptionId } from "../../components/local-subscription";
import { servedAccountName } from "../../components/served-account-name";

function settle(subscriptionId: string): Promise<string> {
  const output = servedAccountName("eastmedia", subscriptionId) as unknown as {
    promise(): Promise<string>;
  };
  return output.promise();
}

describe("servedAccountName", () => {
  it("lets a classic account be made where something stands in for the service", async () => {
    assert.equal(await settle(localSubscriptionId), "eastmedia");
  });

  it("refuses one in a subscription of Azure, and says what to use instead", async () => {
    await assert.rejects(settle("11111111-2222-3333-4444-555555555555"), {
      message:
        /^twinstream:mediaServices: is "azure", but .* subscription 1111.* retired .* "self-hosted"/,
    });
  });
});
