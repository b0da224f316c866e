import { strict as assert } from "node:assert";
import { describe, it } from "mocha";
import { textAt } from "../../../local-cloud/stand-in/properties";
import { withRecorder } from "./recorder";

const identityType = "azure-native:managedidentity:UserAssignedIdentity";
const grantType = "azure-native:authorization:RoleAssignment";
const identity = { resourceGroupName: "g", resourceName: "media-east", location: "eastus2" };
const group = { resourceGroupName: "g", location: "eastus2" };

describe("identities and roles in the local cloud", () => {
  it("give an identity ids that stay the same", async () => {
    await withRecorder(async (recorder) => {
      await recorder.create("azure-native:resources:ResourceGroup", "g", group);
      const { outputs } = await recorder.create(identityType, "east", identity);
      const again = await recorder.create(identityType, "east", identity);
      const other = await recorder.create(identityType, "west", {
        ...identity,
        resourceName: "media-west",
      });

      for (const property of ["clientId", "principalId"]) {
        assert.match(
          textAt(outputs, property) ?? "",
          /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
        );
        assert.equal(again.outputs[property], outputs[property]);
        assert.notEqual(other.outputs[property], outputs[property]);
      }
      assert.notEqual(outputs["clientId"], outputs["principalId"]);
    });
  });

  it("record a right under what it is for", async () => {
    await withRecorder(async (recorder) => {
      const scope = (await recorder.create("azure-native:resources:ResourceGroup", "g", group)).id;
      const made = await recorder.create(identityType, "east", identity);
      const grant = grantFor(scope, textAt(made.outputs, "principalId"));
      const { id } = await recorder.create(grantType, "east", grant);

      assert.equal(
        id,
        `${scope}/providers/Microsoft.Authorization/roleAssignments/${grant.roleAssignmentName}`,
      );
    });
  });

  it("refuse a right over what is not there, and one for nobody", async () => {
    await withRecorder(async (recorder) => {
      const scope = (await recorder.create("azure-native:resources:ResourceGroup", "g", group)).id;
      const made = await recorder.create(identityType, "east", identity);
      const principalId = textAt(made.outputs, "principalId");

      await assert.rejects(
        recorder.create(grantType, "a", grantFor(`${scope}x`, principalId)),
        /refers to what doesn't exist: scope names .*gx/,
      );
      await assert.rejects(
        recorder.create(grantType, "b", grantFor(scope, guid)),
        /is for principal 0a9a7e1f-.*, and no identity that is declared has that id/,
      );
    });
  });

  for (const { why, change, property } of [
    {
      why: "a name that is no GUID",
      change: { roleAssignmentName: "x" },
      property: "roleAssignmentName",
    },
    {
      why: "a role by its name",
      change: { roleDefinitionId: "Contributor" },
      property: "roleDefinitionId",
    },
    {
      why: "an unknown kind of principal",
      change: { principalType: "Robot" },
      property: "principalType",
    },
    { why: "a scope that is no id", change: { scope: "store" }, property: "scope" },
  ]) {
    it(`refuse ${why}`, async () => {
      await withRecorder((recorder) => {
        const problems = recorder.problems(grantType, { ...grantFor(groupId, guid), ...change });

        assert.deepEqual(
          problems.map((problem) => problem.property),
          [property],
        );
      });
    });
  }
});

const guid = "0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3";
const groupId =
  "/subscriptions/s/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/store";

function grantFor(scope: string, principalId = "") {
  return {
    roleAssignmentName: guid,
    scope,
    principalId,
    principalType: "ServicePrincipal",
    roleDefinitionId: `/subscriptions/s/providers/Microsoft.Authorization/roleDefinitions/${guid}`,
  };
}
