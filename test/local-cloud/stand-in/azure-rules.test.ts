import { strict as assert } from "node:assert";
import { describe, it } from "mocha";
import { checkDeclaration } from "../../../local-cloud/stand-in/check-declaration";
import type { Problem } from "../../../local-cloud/stand-in/finding";
import { knownKinds } from "../../../local-cloud/stand-in/kinds/known-kinds";
import {
  inResourceGroup,
  type ResourceKind,
} from "../../../local-cloud/stand-in/kinds/resource-kind";
import { type Properties, unknown } from "../../../local-cloud/stand-in/properties";
import { absentReferences } from "../../../local-cloud/stand-in/references";
import { idProperties } from "../../../local-cloud/stand-in/resource-id";
import { installedTypes } from "../../../local-cloud/stand-in/tables/installed-types";
import type { Shape } from "../../../local-cloud/stand-in/tables/shape";

const subscription = "/subscriptions/00000000-0000-0000-0000-000000000000";
const inGroup = (rest: string) => `${subscription}/resourceGroups/g/providers/${rest}`;
const identity = inGroup("Microsoft.ManagedIdentity/userAssignedIdentities/media");

function problems(type: string, inputs: Properties): Problem[] {
  const resource = { type, name: "x", urn: `urn:pulumi:test::twinstream::${type}::x` };
  return checkDeclaration(knownKinds, resource, inputs).problems;
}

function app({ container = {}, ...more }: { container?: Properties } & Properties): Properties {
  return {
    resourceGroupName: "g",
    containerAppName: "media",
    environmentId: inGroup("Microsoft.App/managedEnvironments/e"),
    template: { containers: [{ name: "media", image: "registry.test/media:1", ...container }] },
    ...more,
  };
}

const type = "azure-native:app:ContainerApp";

describe("What Azure asks beyond the types", () => {
  for (const { why, inputs, property, reason } of [
    {
      why: "a variable whose secret the app doesn't hold",
      inputs: app({
        container: { env: [{ name: "KEY", secretRef: "kee" }] },
        configuration: { secrets: [{ name: "key", value: "k" }] },
      }),
      property: "template.containers[0].env[0].secretRef",
      reason: '"kee" is not among configuration.secrets[].name: key',
    },
    {
      why: "a registry that is entered with an identity which the app hasn't",
      inputs: app({ configuration: { registries: [{ server: "r.test", identity }] } }),
      property: "configuration.registries[0].identity",
      reason: `${JSON.stringify(identity)} is not among identity.userAssignedIdentities[]: system, system-environment`,
    },
    {
      why: "an app in no environment",
      inputs: app({ environmentId: null }),
      property: "environmentId",
      reason: "is required",
    },
    {
      why: "a tag that is none",
      inputs: app({ container: { image: "registry.test/media:one two" } }),
      property: "template.containers[0].image",
      reason: '"registry.test/media:one two" must be an image\'s name, with a tag or a digest',
    },
    {
      why: "memory in a unit that there is not",
      inputs: app({ container: { resources: { cpu: 1, memory: "2GB" } } }),
      property: "template.containers[0].resources.memory",
      reason: '"2GB" must be a number of Gi, such as 0.5Gi',
    },
  ]) {
    it(`refuses ${why}`, () => {
      assert.deepEqual(problems(type, inputs), [{ property, reason }]);
    });
  }

  it("lets pass what is there, always may be there, or isn't known yet", () => {
    for (const more of [
      { identity: { type: "UserAssigned", userAssignedIdentities: [identity] } },
      { identity: { type: "UserAssigned", userAssignedIdentities: [unknown] } },
      { identity: unknown },
    ]) {
      const registries = [
        { server: "r.test", identity },
        { server: "s.test", identity: "system" },
      ];
      assert.deepEqual(problems(type, app({ ...more, configuration: { registries } })), []);
    }
  });
});

/** Every path that a kind's rules speak of. */
function pathsOf({ declaration }: ResourceKind): string[] {
  const { required = [], replacedBy = [], among = {}, idPattern } = declaration;
  const { choices = {}, patterns = {}, ranges = {}, references = {} } = declaration;
  return [
    ...idProperties(idPattern),
    ...required,
    ...replacedBy,
    ...[choices, patterns, ranges, references, among].flatMap((rules) => Object.keys(rules)),
    ...Object.values(among).map(({ path }) => path),
  ];
}

/** Whether the types have something at a path; where there are several types, one of them. */
function leadsSomewhere(shape: Shape, [step, ...rest]: string[]): boolean {
  if (step === undefined) return true;
  if (shape.kind === "union") {
    return shape.members.some((member) => leadsSomewhere(member, [step, ...rest]));
  }
  if (step === "[]") return shape.kind === "list" && leadsSomewhere(shape.items, rest);
  const field = shape.kind === "object" ? shape.fields().get(step) : undefined;
  return field !== undefined && leadsSomewhere(field.shape, rest);
}

describe("The rules of every kind", () => {
  for (const [token, kind] of knownKinds) {
    it(`of ${token} speak of properties that there are`, () => {
      const fields = installedTypes(token).argumentsOf(token);
      assert(fields);
      const shape: Shape = { kind: "object", fields: () => fields };
      const nowhere = pathsOf(kind).filter(
        (path) => !leadsSomewhere(shape, path.replaceAll("[]", ".[]").split(".")),
      );

      assert.deepEqual(nowhere, []);
    });
  }
});

describe("What a declaration refers to", () => {
  const declaration = {
    token: "t",
    idPattern: inResourceGroup("Microsoft.Cdn/profiles/{profileName}/originGroups/{name}"),
  };
  const inputs = { resourceGroupName: "g", profileName: "p", name: "n" };
  const absent = (more: Properties, ...there: string[]) =>
    absentReferences(declaration, { ...inputs, ...more }, (id) => there.includes(id)).map(
      ({ property }) => property,
    );
  const group = `${subscription}/resourceGroups/g`;
  const profile = inGroup("Microsoft.Cdn/profiles/p");

  it("is its group and what else it lies in, but not itself", () => {
    assert.deepEqual(absent({}), ["resourceGroupName", "profileName"]);
    assert.deepEqual(absent({}, group, profile), []);
  });

  it("is every id of the subscription among its values", () => {
    const more = { list: [{ id: identity }], deep: { group }, text: "no id" };

    assert.deepEqual(absent(more, group, profile), ["list[0].id"]);
  });

  it("isn't what another subscription holds, or a part that comes with what is there", () => {
    const other = "/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/g";
    const account = inGroup("Microsoft.Storage/storageAccounts/a");
    const more = { elsewhere: other, part: `${account}/blobServices/default` };

    assert.deepEqual(absent(more, group, profile, account), []);
    assert.deepEqual(absent(more, group, profile), ["part"]);
  });

  it("isn't what it lies in where that may be somebody else's", () => {
    const elsewhere = { ...declaration, holderElsewhere: true };

    assert.deepEqual(
      absentReferences(elsewhere, inputs, () => false),
      [],
    );
  });
});
