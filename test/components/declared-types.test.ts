import { strict as assert } from "node:assert";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { before, describe, it } from "mocha";
import { stringify } from "yaml";
import { checkDeclaration } from "../../local-cloud/stand-in/check-declaration";
import { pathText, type Problem } from "../../local-cloud/stand-in/finding";
import { knownKinds } from "../../local-cloud/stand-in/kinds/known-kinds";
import type { Path, Properties, Value } from "../../local-cloud/stand-in/properties";
import { type AbsentReference, absentReferences } from "../../local-cloud/stand-in/references";
import { unknownDeclaration } from "../../local-cloud/stand-in/resource-id";
import { type AzureResource, azureResources, stacks } from "./declared-resources";
import { expectedText, howToUpdate } from "./expectations";

/** Maps whose keys are the program's own; nobody can tell a misspelt one. */
const freeKeys = /^(tags|metadata|template\.scale\.rules\[\d+\]\.(http|custom)\.metadata)$/;

function problems({ type, name }: AzureResource, inputs: Properties): Problem[] {
  const urn = `urn:pulumi:test::twinstream::${type}::${name}`;
  return checkDeclaration(knownKinds, { type, name, urn }, inputs).problems;
}

interface Place {
  path: Path;
  value: Value;
}

/** Every place in the inputs, outermost first. */
function placesIn(value: Value, path: Path = []): Place[] {
  const inner = (key: string | number, item: Value) => {
    const place = { path: [...path, key], value: item };
    return [place, ...placesIn(item, place.path)];
  };
  if (Array.isArray(value)) return value.flatMap((item, index) => inner(index, item));
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) => inner(key, item));
}

/** A copy in which one value is another, or has another name; without either it is taken away. */
function changed<T extends Value>(root: T, path: Path, change: { value?: Value; key?: string }): T {
  const copy = structuredClone(root);
  const last = path.at(-1) ?? "";
  const holder = path
    .slice(0, -1)
    .reduce<Value>((value, step) => (value as Record<string | number, Value>)[step] ?? null, copy);
  const properties = holder as Record<string | number, Value>;
  const value = change.value ?? (change.key === undefined ? undefined : properties[last]);
  if (value === undefined || change.key !== undefined) Reflect.deleteProperty(properties, last);
  if (value !== undefined) properties[change.key ?? last] = value;
  return copy;
}

/** Ways in which fingers slip. */
function typosOf(name: string): string[] {
  const swapped = name.replace(/(.)(.)$/, "$2$1");
  return [...new Set([name.slice(0, -1), `${name}x`, `${name[0] ?? ""}${name}`, swapped])].filter(
    (typo) => typo !== name && typo !== "",
  );
}

/** A value of a kind that isn't asked for. */
function ofWrongKind(value: Value): Value {
  if (typeof value === "string") return 7;
  if (typeof value === "number") return value.toString();
  return "yes";
}

describe("Every resource that a stack asks Azure for", function () {
  this.timeout(120_000);
  let all: { stack: string; resource: AzureResource }[];

  before(async () => {
    const each = stacks.map(async (stack) =>
      (await azureResources(stack)).map((resource) => ({ stack, resource })),
    );
    all = (await Promise.all(each)).flat();
  });

  /** What a declaration refers to and its stack doesn't declare. */
  function absentIn(stack: string, type: string, inputs: Properties): AbsentReference[] {
    const ids = all.filter((one) => one.stack === stack).map((one) => one.resource.id);
    const declaration = knownKinds.get(type)?.declaration ?? unknownDeclaration(type);
    return absentReferences(declaration, inputs, (id) => ids.includes(id));
  }

  it("is as the package's types and Azure's rules want it", () => {
    const found = all.flatMap(({ stack, resource }) =>
      problems(resource, resource.inputs).map((problem) => ({ stack, ...resource, ...problem })),
    );

    assert(all.length > 20);
    assert.deepEqual(found, []);
  });

  it("is so with accounts of the classic service as well, whatever is chosen of them", async () => {
    const resources = await azureResources("dev", {
      mediaServices: "azure",
      mediaServicesApi: "http://127.0.0.1:8100/{account}/api/",
      authority: "http://127.0.0.1:8100/",
      servicePrincipal: { tenantId: "t", clientId: "c", clientSecret: "s3cret" },
      storageAccess: "identity",
      keyDeliveryAllow: ["203.0.113.0/24"],
      streamingEndpoint: {
        scaleUnits: 1,
        description: "viewers",
        maxCacheAgeSeconds: 60,
        customHostNames: ["video.example.com"],
        allow: ["203.0.113.7", "2001:db8::/32"],
        akamaiKeys: [{ identifier: "one", base64Key: "a2V5", expiration: "2030-01-31T00:00:00Z" }],
        clientAccessPolicy: "<access-policy/>",
        crossDomainPolicy: "<cross-domain-policy/>",
      },
    });
    const classic = resources.filter(({ type }) => type.startsWith("azure:media/"));

    assert.equal(classic.length, 4);
    for (const one of resources) assert.deepEqual(problems(one, one.inputs), [], one.name);
  });

  it("refers only to what the stack declares as well", () => {
    for (const { stack, resource } of all) {
      const { type, name, inputs } = resource;
      assert.deepEqual(absentIn(stack, type, inputs), [], `${stack}: ${type} ${name}`);
    }
  });

  it("is refused with any property's name misspelt, at that place", () => {
    let tried = 0;
    for (const { resource } of all) {
      for (const { path } of placesIn(resource.inputs)) {
        const key = path.at(-1);
        if (typeof key !== "string" || freeKeys.test(pathText(path.slice(0, -1)))) continue;
        for (const typo of typosOf(key)) {
          const wrong = pathText([...path.slice(0, -1), typo]);
          const found = problems(resource, changed(resource.inputs, path, { key: typo }));
          const { type, name } = resource;
          assert(found.map(({ property }) => property).includes(wrong), `${type} ${name} ${wrong}`);
          tried += 1;
        }
      }
    }
    assert(tried > 500, `${tried}`);
  });

  it("is refused with any value of a wrong kind, at that place", () => {
    for (const { resource } of all) {
      for (const { path, value } of placesIn(resource.inputs)) {
        const found = problems(
          resource,
          changed(resource.inputs, path, { value: ofWrongKind(value) }),
        );
        const { type, name } = resource;
        const place = pathText(path);
        assert(found.map(({ property }) => property).includes(place), `${type} ${name} ${place}`);
      }
    }
  });

  it("is refused without any property that its class can't do without", () => {
    const tried = new Set<string>();
    for (const { resource } of all) {
      for (const property of requiredByClass(resource.type)) {
        const found = problems(resource, changed(resource.inputs, [property], {}));
        assert.deepEqual(found, [{ property, reason: "is required" }], resource.type);
        tried.add(`${resource.type} ${property}`);
      }
    }
    assert(tried.size > 20, `${tried.size}`);
  });

  it("is refused with any text misspelt but those that only Azure can judge", () => {
    const unjudged = new Set<string>();
    for (const { stack, resource } of all) {
      for (const { path, value } of placesIn(resource.inputs)) {
        if (typeof value !== "string" || value === "") continue;
        if (freeKeys.test(pathText(path.slice(0, -1)))) continue;
        const property = pathText(path);
        const typo = value.slice(0, -1) + (value.endsWith("x") ? "y" : "x");
        const misspelt = changed(resource.inputs, path, { value: typo });
        if (problems(resource, misspelt).length > 0) continue;
        if (absentIn(stack, resource.type, misspelt).length > 0) continue;
        unjudged.add(`${resource.type} ${property.replace(/\d+/g, "")}`);
      }
    }
    const actual = stringify([...unjudged].sort());
    const file = resolve(__dirname, "expected/unjudged-texts.yaml");

    assert.deepEqual(actual.split("\n"), expectedText(file, actual).split("\n"), howToUpdate);
  });
});

/** What the class itself refuses to miss, read from its code. */
function requiredByClass(type: string): string[] {
  const [prefix = "", module = "", name = ""] = type.split(":");
  const index = require.resolve(`@pulumi/${prefix}/${module.split("/")[0] ?? ""}`);
  const [, file = ""] =
    new RegExp(`\\["${name}"\\], \\(\\) => require\\("\\./(\\w+)"\\)`).exec(
      readFileSync(index, "utf8"),
    ) ?? [];
  const code = readFileSync(resolve(index, "..", `${file}.js`), "utf8");
  return [...code.matchAll(/Missing required property '(\w+)'/g)].flatMap(([, one]) => one ?? []);
}
