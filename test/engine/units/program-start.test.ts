import { strict as assert } from "node:assert";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, describe, it } from "mocha";

const PROJECT_ROOT = path.resolve(__dirname, "..", "..", "..");

/** Runs a script in the project's folder; returns what it printed as JSON, or its error. */
function run(script: string, ...preloads: string[]): unknown {
  const options = preloads.flatMap((module) => ["--require", path.join(PROJECT_ROOT, module)]);
  const args = [...options, "-e", script];
  const { stdout, stderr } = spawnSync(process.execPath, args, {
    cwd: PROJECT_ROOT,
    encoding: "utf8",
  });
  return stdout === "" ? stderr : (JSON.parse(stdout) as unknown);
}

describe("the SDK in the engine's children", () => {
  const lazy = (script: string): unknown => run(script, "engine/children/lazy-sdk.cjs");
  const serialize = `
    const { runtime } = require("@pulumi/pulumi");
    const captured = { a: 1 };
    runtime.serializeFunction(() => captured.a).then(({ text }) => console.log(JSON.stringify(text)));`;

  it("loads without the compiler, npm and what drives a command line", () => {
    const packages = lazy(`
      require("@pulumi/pulumi");
      const packages = Object.keys(require.cache).map((file) =>
        file.replace(/^.*node_modules./, "").split(/[\\/\\\\]/).slice(0, 2).join("/"));
      console.log(JSON.stringify([...new Set(packages)]));`) as string[];

    assert.ok(packages.includes("@grpc/grpc-js"));
    for (const name of ["typescript/lib", "@npmcli/arborist", "execa/lib"]) {
      assert.ok(!packages.includes(name), name);
    }
  });

  it("turns a function into the same text as ever", () => {
    assert.match(String(lazy(serialize)), /captured/);
    assert.equal(lazy(serialize), run(serialize));
  });

  it("names the file of a function that can't be text", () => {
    const error = lazy(`
      const { runtime } = require("@pulumi/pulumi");
      const { unfit } = require("./test/fixtures/unfit-function.cjs");
      runtime.serializeFunction(unfit).catch(({ message }) => console.log(JSON.stringify(message)));`);

    assert.match(String(error), /unfit-function\.cjs\(6,/);
  });

  it("has the rest when it is asked for", () => {
    const kinds = lazy(`
      const { automation, provider, runtime } = require("@pulumi/pulumi");
      console.log(JSON.stringify([
        typeof automation.LocalWorkspace.create, "LocalWorkspace" in automation, typeof provider.main,
        typeof runtime.computeCodePaths,
      ]));`);

    assert.deepEqual(kinds, ["function", true, "function", "function"]);
  });
});

describe("the program's TypeScript", () => {
  const directory = mkdtempSync(path.join(os.tmpdir(), "engine-program-"));
  after(() => {
    rmSync(directory, { recursive: true });
  });

  it("is read with its own line numbers, and packages without their source maps", () => {
    const file = path.join(directory, "fails.ts");
    writeFileSync(
      file,
      "interface A {\n  a: string;\n}\n\nconst a: A = { a: '' };\nthrow Error(a.a);\n",
    );
    const found = run(
      `const { findSourceMap } = require("node:module");
      const sdk = require.resolve("@pulumi/pulumi/output");
      require(sdk);
      try { require(${JSON.stringify(file)}) } catch ({ stack }) {
        console.log(JSON.stringify([stack, findSourceMap(sdk) !== undefined]));
      }`,
      "scripts/program.cjs",
    ) as [string, boolean];

    assert.match(found[0], /fails\.ts:6:7/);
    assert.equal(found[1], false);
  });
});
