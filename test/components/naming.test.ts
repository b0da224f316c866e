import { strict as assert } from "node:assert";
import fc from "fast-check";
import { describe, it } from "mocha";
import {
  containerAppName,
  hostLabel,
  mediaAccountName,
  type Naming,
  resourceGroupName,
  roleAssignmentName,
  storageAccountName,
} from "../../components/naming";

const dev: Naming = { project: "twinstream", stack: "dev" };

// What Pulumi allows in a stack's name, and the settings in a data center's.
const anyNaming = fc.record({
  project: fc.stringMatching(/^[A-Za-z][A-Za-z0-9_.-]{0,99}$/),
  stack: fc.stringMatching(/^[A-Za-z0-9_.-]{1,100}$/),
  salt: fc.string(),
});
const anyDataCenter = fc.stringMatching(/^[a-z][a-z0-9]{0,11}$/);

describe("names", () => {
  it("stay the same for good, because a changed name replaces a store", () => {
    assert.deepEqual(
      {
        storage: storageAccountName(dev, "east"),
        media: mediaAccountName(dev, "east"),
        app: containerAppName(dev, "east"),
        group: resourceGroupName(dev, "east"),
        host: hostLabel(dev),
      },
      {
        storage: "eastdev4aa312c3",
        media: "eastdeve3d3bee9",
        app: "media-dev-east",
        group: "twinstream-dev-east",
        host: "twinstream-dev-2797d6e2",
      },
    );
  });

  it("keep to Azure's limits, whatever project, stack and data center are called", () => {
    fc.assert(
      fc.property(anyNaming, anyDataCenter, (naming, dataCenter) => {
        assert.match(storageAccountName(naming, dataCenter), /^[a-z0-9]{3,24}$/);
        assert.match(mediaAccountName(naming, dataCenter), /^[a-z0-9]{3,24}$/);
        assert.match(
          containerAppName(naming, dataCenter),
          /^(?=.{2,32}$)[a-z][a-z0-9]*(-[a-z0-9]+)*$/,
        );
        assert.match(
          roleAssignmentName(naming, dataCenter),
          /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
        );
        assert.match(resourceGroupName(naming, dataCenter), /^[a-z0-9-]{1,89}[a-z0-9]$/);
        assert.match(hostLabel(naming), /^(?=.{1,49}$)[a-z][a-z0-9]*(-[a-z0-9]+)*$/);
      }),
    );
  });

  it("differ between data centers, stacks and salts even where they are cut", () => {
    const long = "a".repeat(80);
    const namings = [
      { project: "twinstream", stack: `${long}1` },
      { project: "twinstream", stack: `${long}2` },
      { project: "twinstream", stack: `${long}2`, salt: "acme" },
    ];
    const names = namings.flatMap((naming) =>
      ["east", "west"].flatMap((dataCenter) => [
        storageAccountName(naming, dataCenter),
        mediaAccountName(naming, dataCenter),
        containerAppName(naming, dataCenter),
        roleAssignmentName(naming, `${dataCenter}-blobs`),
        roleAssignmentName(naming, `${dataCenter}-queue`),
      ]),
    );

    assert.equal(new Set(names).size, names.length);
  });
});
