import { strict as assert } from "node:assert";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, describe, it } from "mocha";
import { readEngineConfig } from "../../../engine/config";
import { ProviderHost } from "../../../engine/providers/provider-host";
import { StateLayout } from "../../../engine/state/layout";
import { configPlace, memberValue } from "../../../engine/workspace/config-key";
import { resolveConfig } from "../../../engine/workspace/config-values";
import { readProject } from "../../../engine/workspace/project";
import { StackSettings } from "../../../engine/workspace/stack-settings";

const directory = mkdtempSync(path.join(os.tmpdir(), "engine-workspace-"));
after(() => {
  rmSync(directory, { recursive: true });
});

function file(name: string, text: string): string {
  const target = path.join(directory, name);
  writeFileSync(target, text);
  return target;
}

describe("a stack's configuration", () => {
  const resolve = (settings: Record<string, unknown>): ReturnType<typeof resolveConfig> =>
    resolveConfig({
      project: "p",
      stack: "dev",
      declarations: new Map([
        ["count", { type: "integer", default: 3 }],
        ["names", { type: "array", items: { type: "string" }, default: ["x"] }],
        ["key", { type: "string", secret: true, default: "" }],
        ["must", { type: "boolean" }],
      ]),
      settings,
      decrypt: (sealed) => sealed.toUpperCase(),
    });

  it("takes the project's defaults where the stack says nothing", () => {
    assert.deepEqual(resolve({ "p:must": true, "other:a": { b: { secure: "s" } } }), {
      values: {
        "p:count": "3",
        "p:names": '["x"]',
        "p:key": "",
        "p:must": "true",
        "other:a": '{"b":"S"}',
      },
      secretKeys: ["other:a"],
    });
  });

  for (const { why, settings, message } of [
    { why: "a missing value", settings: {}, message: /missing configuration value 'must'/ },
    {
      why: "another type",
      settings: { must: true, count: "many" },
      message: /key 'count' must be of type 'integer'/,
    },
    {
      why: "an item of another type",
      settings: { must: true, names: [1] },
      message: /key 'names' must be of type 'array<string>'/,
    },
    {
      why: "a secret in clear",
      settings: { must: true, key: "clear" },
      message: /key 'key' must be encrypted/,
    },
  ]) {
    it(`is refused with ${why}`, () => {
      const full = Object.entries<unknown>(settings).map(([key, value]) => [`p:${key}`, value]);

      assert.throws(() => resolve(Object.fromEntries(full) as Record<string, unknown>), {
        code: "invalid-input",
        message,
      });
    });
  }

  it("is changed in its file without touching the rest of it", () => {
    const target = file("Pulumi.x.yaml", "# mine\nconfig:\n  p:a: 1 # one\n");
    const settings = new StackSettings(target);
    settings.setConfig(["p:b"], { secure: "v1:x" });
    settings.save();

    assert.equal(
      readFileSync(target, "utf8"),
      "# mine\nconfig:\n  p:a: 1 # one\n  p:b:\n    secure: v1:x\n",
    );
  });

  it("is changed within an object or a list, at the end of a list too", () => {
    const text = "config:\n  p:a:\n    list: [1] # few\n    other: x\n  p:empty:\n";
    const settings = new StackSettings(file("Pulumi.path.yaml", text));
    const set = (key: string, value: unknown): void => {
      settings.setConfig(configPlace("p", key, true), value);
    };
    set("a.list[1]", 2);
    set("p:a.new.deep", true);
    set('q:tags["a.b"]', "t");
    settings.removeConfig(configPlace("p", "a.other", true));

    assert.deepEqual(settings.config, {
      "p:a": { list: [1, 2], new: { deep: true } },
      "p:empty": null,
      "q:tags": { "a.b": "t" },
    });
    assert.equal(settings.removeConfig(configPlace("p", "a.list.x[0]", true)), false);
  });

  it("is made in a file whose config is empty", () => {
    const settings = new StackSettings(file("Pulumi.empty.yaml", "config:\n"));
    settings.setConfig(["p:a"], "1");

    assert.deepEqual(settings.config, { "p:a": "1" });
  });

  for (const { key, message } of [
    { key: "text.a", message: /configuration 'p:text' is no object/ },
    { key: "key.secure", message: /configuration 'p:key' is no object/ },
    { key: "list[0].a.b", message: /configuration 'p:list\[0\]' is no object/ },
    { key: "list.a", message: /configuration 'p:list' is no object/ },
    { key: "list[2]", message: /configuration 'p:list' is no list of 2 values or more/ },
    { key: "none[1]", message: /configuration 'p:none' is no list of 1 values or more/ },
    { key: "a..b", message: /'a\.\.b' is no path into a config value/ },
    { key: "a[x]", message: /'a\[x\]' is no path into a config value/ },
    { key: "", message: /'' is no path into a config value/ },
  ]) {
    it(`is not changed at '${key}'`, () => {
      const text = "config:\n  p:text: x\n  p:key: {secure: s}\n  p:list: [0]\n";
      const settings = new StackSettings(file("Pulumi.no.yaml", text));

      assert.throws(
        () => {
          settings.setConfig(configPlace("p", key, true), 1);
        },
        { code: "invalid-input", message },
      );
    });
  }

  it("has whole numbers, true and false as members, and everything else as text", () => {
    const texts = ["0", "-12", "007", "1.5", "true", "False", "9007199254740993", "-", ""];

    assert.deepEqual(texts.map(memberValue), [
      ...[0, -12, "007", "1.5", true],
      ...["False", "9007199254740993", "-", ""],
    ]);
  });
});

describe("what needs the official CLI", () => {
  const host = new ProviderHost({
    root: directory,
    programDirectory: directory,
    environment: {},
    debugProviders: new Map(),
    engine: { stackOutputs: () => Promise.resolve({}), resource: () => undefined },
    log: () => undefined,
  });

  for (const { what, use, message } of [
    {
      what: "a backend that is no directory",
      use: () => new StateLayout("s3://bucket", directory),
      message: /backend s3:\/\/bucket is not a file:\/\/ one/,
    },
    {
      what: "another secrets provider",
      use: () => new StackSettings(file("Pulumi.kms.yaml", "secretsprovider: awskms://x\n")),
      message: /secrets provider awskms:\/\/x/,
    },
    {
      what: "an environment",
      use: () => new StackSettings(file("Pulumi.env.yaml", "environment: [a]\n")),
      message: /environments/,
    },
    {
      what: "a program in another language",
      use: () => {
        file("Pulumi.yaml", "name: p\nruntime: python\n");
        return readProject(directory);
      },
      message: /runtime python/,
    },
    {
      what: "a provider plugin",
      use: () => host.start("aws", "127.0.0.1:1"),
      message: /no provider of package "aws"/,
    },
  ] as { what: string; use: () => unknown; message: RegExp }[]) {
    it(`is refused with a sentence that says so: ${what}`, async () => {
      const attempt = (): Promise<unknown> => Promise.resolve().then(use);

      await assert.rejects(attempt, { code: "unsupported", message });
      await assert.rejects(attempt, { message: /official Pulumi CLI/ });
    });
  }
});

describe("the engine's environment", () => {
  it("names running providers by package and port, and refuses anything else", () => {
    const { debugProviders } = readEngineConfig({ PULUMI_DEBUG_PROVIDERS: "a:1, azure-native:22" });

    assert.deepEqual(
      [...debugProviders],
      [
        ["a", 1],
        ["azure-native", 22],
      ],
    );
    assert.throws(() => readEngineConfig({ PULUMI_DEBUG_PROVIDERS: "a=1" }), {
      message: /"a=1" is not of the form package:port/,
    });
  });

  it("gives children everything but the passphrase", () => {
    const { childEnvironment, readPassphrase } = readEngineConfig({
      PULUMI_CONFIG_PASSPHRASE: "p",
      OTHER: "o",
    });

    assert.deepEqual(childEnvironment, { OTHER: "o", PULUMI_NODEJS_TRANSPILE_ONLY: "true" });
    assert.equal(readPassphrase(), "p");
    assert.throws(readEngineConfig({}).readPassphrase, { message: /set PULUMI_CONFIG_PASSPHRASE/ });
  });
});
