import { strict as assert } from "node:assert";
import { describe, it } from "mocha";
import { MediaIdentity } from "../../components/media-identity";
import { deploy, guidOf, ofType, resource } from "./deploy";

const subscriptionId = "11111111-2222-3333-4444-555555555555";
const storageAccountId = `/subscriptions/${subscriptionId}/resourceGroups/group/providers/Microsoft.Storage/storageAccounts/eaststore`;

const registryId = `/subscriptions/${subscriptionId}/resourceGroups/group/providers/Microsoft.ContainerRegistry/registries/Acme`;

const declare = () =>
  deploy(() => {
    new MediaIdentity("east", {
      resourceGroupName: "group",
      location: "eastus2",
      naming: { project: "twinstream", stack: "staging" },
      subscriptionId,
      identityName: "media-staging-east",
      storageAccountId,
      registryId,
      tags: { owner: "media" },
    });
    return {};
  });

describe("MediaIdentity", () => {
  it("declares an identity without any password", async () => {
    const type = "azure-native:managedidentity:UserAssignedIdentity";
    const identity = resource(await declare(), type, "east");

    assert.equal(identity.parent, "twinstream:identity:MediaIdentity east");
    assert.deepEqual(identity.inputs, {
      resourceGroupName: "group",
      resourceName: "media-staging-east",
      location: "eastus2",
      tags: { owner: "media" },
    });
  });

  it("may use the data of its own store and pull its image, and nothing else", async () => {
    const grants = ofType(await declare(), "azure-native:authorization:RoleAssignment");
    const role = (guid: string) =>
      `/subscriptions/${subscriptionId}/providers/Microsoft.Authorization/roleDefinitions/${guid}`;
    const grant = (roleAssignmentName: string, guid: string, scope = storageAccountId) => ({
      roleAssignmentName,
      scope,
      principalId: guidOf("principal of media-staging-east"),
      principalType: "ServicePrincipal",
      roleDefinitionId: role(guid),
    });

    assert.deepEqual(
      Object.fromEntries(Object.entries(grants).map(([name, { inputs }]) => [name, inputs])),
      {
        "east-blobs": grant(
          "dc49e669-aca2-81e9-afef-85051ac4706c",
          "ba92f5b4-2d11-453d-a403-e96b0029c9fe",
        ),
        "east-queue": grant(
          "8f25b11d-f4d4-84d3-9c8f-0e82e489af83",
          "974c5e8b-45b9-4653-ba55-5f855dd0fb88",
        ),
        "east-registry": grant(
          "1d44c4b5-b1d5-8afd-b466-b9ae537228be",
          "7f951dda-4ed3-4680-a7ca-43fe172d538d",
          registryId,
        ),
        "east-tables": grant(
          "9b557aa5-ec42-8f1c-b698-4ee3e7f354b3",
          "0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3",
        ),
      },
    );
  });
});
