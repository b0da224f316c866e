import { strict as assert } from "node:assert";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { after, before, describe, it } from "mocha";
import { parse } from "yaml";
import { ScratchStack } from "./support/scratch-stack";

const UP = ["up", "--yes", "--skip-preview"];

describe("the embedded engine over a stack's life", function () {
  this.timeout(240_000);
  const stack = new ScratchStack();

  before(async () => {
    stack.configure([{ name: "kept", options: { protect: true } }, { name: "drifts" }]);
    await stack.must("stack", "select", "--create", "dev");
    await stack.must(...UP);
  });
  after(() => {
    stack.dispose();
  });

  it("refuses to change anything unasked when nobody can be asked", async () => {
    const { code, stderr } = await stack.run("up", "--non-interactive");

    assert.equal(code, 1);
    assert.match(stderr, /--yes or --skip-preview must be passed in/);
  });

  it("creates nothing when a check refuses, and says which property is wrong", async () => {
    stack.forgetCalls();
    stack.configure([
      { name: "kept", options: { protect: true } },
      { name: "drifts" },
      { name: "bad", props: { refuse: "no such file" } },
    ]);

    const { code, stdout } = await stack.run("up", "--yes");

    assert.equal(code, 1);
    assert.match(stdout, /resource 'bad' has a problem: refuse: no such file/);
    assert.deepEqual(stack.calls(), []);
  });

  it("takes config values from the command line into the stack's settings", async () => {
    stack.configure([{ name: "kept", options: { protect: true } }, { name: "drifts" }]);
    const color = ["--config-path", "--config", "things[1].props.color=a=b"];

    const preview = await stack.must("preview", "--diff", ...color, "-c", "other:size.least=3");

    assert.match(preview, /id=drifts/);
    assert.match(preview, /\+ color: "a=b"/);
    assert.equal(await stack.must("config", "get", "--path", "things[1].props.color"), "a=b\n");
    await stack.must("config", "set", "--path", "things[1].props.color", "c");
    await stack.must("config", "rm", "--path", "things[0].options");
    assert.deepEqual(parse(stack.settingsText()), {
      config: {
        "things:things": [{ name: "kept" }, { name: "drifts", props: { color: "c" } }],
        "other:size": { least: 3 },
      },
    });
  });

  it("leaves the settings alone when a value of the command line can't be taken", async () => {
    stack.configure([], { token: { secure: "v1:sealed" } });
    const before = stack.settingsText();
    for (const { given, says } of [
      { given: "sizeLimit", says: /--config sizeLimit: write it as --config key=value/ },
      { given: "sizeLimit=few", says: /'sizeLimit' must be of type 'integer'/ },
      { given: "token=hush", says: /--config token: it is a secret/ },
    ]) {
      const { code, stderr } = await stack.run(...UP, "--config", given);

      assert.equal(code, 1);
      assert.match(stderr, says);
      assert.equal(stack.settingsText(), before);
    }
  });

  it("refuses to delete what is protected", async () => {
    stack.configure([{ name: "drifts" }]);

    const { code, stdout } = await stack.run("preview");

    assert.equal(code, 1);
    assert.match(stdout, /'kept' .* can't be deleted: it is protected/);
  });

  it("takes into the state what has changed, and forgets what is gone", async () => {
    const drifted = JSON.stringify({ key: "kept", color: "grey" });
    writeFileSync(path.join(stack.cloud, "kept.json"), drifted);
    rmSync(path.join(stack.cloud, "drifts.json"));

    const refreshed = await stack.must("refresh", "--yes", "--skip-preview", "--diff");

    assert.match(refreshed, /~ {2}pulumi-nodejs:dynamic\/test:Thing kept updated/);
    assert.match(refreshed, /\+ color: "grey"/);
    assert.match(refreshed, /- {2}pulumi-nodejs:dynamic\/test:Thing drifts deleted/);
    assert.ok(!stack.resourceNames().includes("drifts"));
  });

  it("reads another stack of the backend, and hands a state out and takes it back", async () => {
    const reader = new ScratchStack("reader");
    try {
      reader.environment["PULUMI_BACKEND_URL"] = `file://${path.join(stack.directory, "state")}`;
      reader.configure([], { otherStack: "organization/things/dev" });
      await reader.must("stack", "init", "reader");
      await reader.must(...UP);

      const outputs = JSON.parse(await reader.must("stack", "output", "--json")) as object;

      assert.deepEqual(outputs, {
        marks: {},
        otherMarks: { kept: "mark of kept", drifts: "mark of drifts" },
      });
      const file = path.join(stack.directory, "exported.json");
      await stack.must("stack", "export", "--file", file);
      const text = stack.checkpointText();
      await stack.must("stack", "import", "--file", file);
      assert.equal(stack.checkpointText(), text);
    } finally {
      reader.dispose();
    }
  });
});

describe("a stack whose state was lost", function () {
  this.timeout(240_000);

  it("goes on with an export, under the new stack's salt", async () => {
    const stack = new ScratchStack();
    try {
      stack.configure([{ name: "kept", options: { additionalSecretOutputs: ["mark"] } }]);
      await stack.must("stack", "init", "dev");
      await stack.must(...UP);
      const file = path.join(stack.directory, "exported.json");
      await stack.must("stack", "export", "--file", file);
      assert.match(readFileSync(file, "utf8"), /"ciphertext"/);

      rmSync(path.join(stack.directory, "state"), { recursive: true });
      await stack.must("stack", "init", "dev");
      await stack.must("stack", "import", "--file", file);
      await stack.must("preview", "--expect-no-changes");
    } finally {
      stack.dispose();
    }
  });
});
