import { strict as assert } from "node:assert";
import { RunError } from "@pulumi/pulumi";
import { describe, it } from "mocha";
import { deployableImage } from "../../components/deployable-image";

const local = "localhost/twinstream/media-service";
const built = `registry.test/media@sha256:${"a".repeat(64)}`;
const localCloud = "00000000-0000-0000-0000-000000000000";
const azure = "11111111-2222-3333-4444-555555555555";

/** What comes of an image, as Pulumi would send it. */
async function settle(image: string, subscriptionId: string): Promise<string> {
  const output = deployableImage(image, subscriptionId) as unknown as {
    promise(): Promise<string>;
  };
  return output.promise();
}

describe("deployableImage", () => {
  it("lets an image go anywhere by its digest, and one of this machine to the local cloud", async () => {
    assert.equal(await settle(built, azure), built);
    assert.equal(await settle(built, localCloud), built);
    assert.equal(await settle(local, localCloud), local);
  });

  it("keeps an image of this machine away from Azure, and says what to give instead", async () => {
    await assert.rejects(settle(local, azure), (error) => {
      assert(RunError.isInstance(error));
      assert.equal(
        error.message,
        `twinstream:image: is "${local}", which only the local cloud runs, but this deployment goes to` +
          ` subscription ${azure}; give it <registry>/<repository>@sha256:<64 hex digits>`,
      );
      return true;
    });
  });
});
