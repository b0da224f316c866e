import { strict as assert } from "node:assert";
import { spawnSync } from "node:child_process";
import { after, before, describe, it } from "mocha";
import { ScratchStack, type Thing } from "./support/scratch-stack";
import { StandInProvider } from "./support/stand-in-provider";

const CLI = process.env["TWINSTREAM_TEST_PULUMI_CLI"] ?? "pulumi";

describe("a stack between the embedded engine and the official CLI", function () {
  this.timeout(300_000);
  const stack = new ScratchStack();
  const standIn = new StandInProvider();

  before(async function () {
    if (spawnSync(CLI, ["version"]).status !== 0) {
      console.log(
        "      skipped: no official CLI (`pulumi` on PATH, or TWINSTREAM_TEST_PULUMI_CLI)",
      );
      this.skip();
    }
    await standIn.start();
    stack.environment["PULUMI_DEBUG_PROVIDERS"] = `standin:${standIn.port}`;
    await stack.must("stack", "init", "dev");
    await stack.must("config", "set", "--secret", "token", "hush-hush");
  });
  after(() => {
    standIn.stop();
    stack.dispose();
  });

  const declare = (...things: Thing[]): void => {
    const [, secure] = /secure: (\S+)/.exec(stack.settingsText()) ?? [];
    stack.configure(things, { token: { secure } });
  };
  const official = async (...args: string[]): Promise<string> => {
    const { code, stdout, stderr } = await stack.runOfficial(CLI, args);
    assert.equal(code, 0, stdout + stderr);
    return stdout;
  };

  const one = { name: "one", secretProps: { password: "" }, props: { list: [{ a: 1 }] } };
  const group = { name: "group", kind: "group" };
  const child = { name: "child", parent: "group", from: "one", dependsOn: ["one"] };
  const remote = { name: "remote", kind: "remote", from: "child", secretProps: { code: "" } };

  it("is unchanged to the CLI after the engine's update", async () => {
    declare(one, group, child, remote);
    await stack.must("up", "--yes", "--skip-preview");

    const preview = await official("preview", "--expect-no-changes");

    assert.match(preview, /5 unchanged/);
    assert.match(await official("stack", "output", "token", "--show-secrets"), /hush-hush/);
  });

  it("is unchanged to the engine after the CLI's update", async () => {
    declare({ ...one, props: { list: [{ a: 2 }] } }, group, child, remote, { name: "more" });
    await official("up", "--yes", "--skip-preview");

    const preview = await stack.must("preview", "--expect-no-changes");

    assert.match(preview, /6 unchanged/);
    assert.ok(!stack.checkpointText().includes("hush-hush"));
  });

  it("is destroyed by the engine and removed by the CLI", async () => {
    await stack.must("destroy", "--yes", "--skip-preview");
    await official("stack", "rm", "--yes", "--preserve-config");

    assert.deepEqual(stack.things(), []);
  });
});
