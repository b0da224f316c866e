import { strict as assert } from "node:assert";
import { after, before, describe, it } from "mocha";
import { ScratchStack, type Thing } from "./support/scratch-stack";
import { StandInProvider } from "./support/stand-in-provider";

const SECRET = "hush-hush-4711";

describe("the embedded engine deploying a program", function () {
  this.timeout(240_000);
  const stack = new ScratchStack();
  const standIn = new StandInProvider();

  before(async () => {
    await standIn.start();
    stack.environment["PULUMI_DEBUG_PROVIDERS"] = `standin:${standIn.port}`;
    await stack.must("stack", "init", "dev");
    await stack.must("config", "set", "--secret", "token", SECRET);
  });
  after(() => {
    standIn.stop();
    stack.dispose();
  });

  const group = { name: "group", kind: "group" };
  const one = {
    name: "one",
    parent: "group",
    props: { color: "red", nested: { deep: [1, 2, 3] }, say: ["halfway", "done"] },
    secretProps: { password: "" },
  };
  const two = { name: "two", from: "one", dependsOn: ["one"], props: { strict: true } };
  const remote = {
    name: "remote",
    kind: "remote",
    from: "two",
    secretProps: { code: "" },
    options: { additionalSecretOutputs: ["mark"] },
  };

  const declare = (...things: Thing[]): void => {
    const [, secure] = /secure: (\S+)/.exec(stack.settingsText()) ?? [];
    stack.configure(things, { token: { secure }, ask: true });
  };

  it("previews what it would create, and creates nothing", async () => {
    declare(group, one, two, remote);

    const preview = await stack.must("preview");

    assert.match(preview, /^ \+ {3}pulumi:pulumi:Stack +things-dev +create$/m);
    assert.match(preview, /├─ test:index:Group +group +create$/m);
    assert.match(preview, /│ {2}└─ pulumi-nodejs:dynamic\/test:Thing +one +create$/m);
    assert.match(preview, /└─ standin:index:Remote +remote +create$/m);
    assert.match(preview, /^ {4}\+ 5 to create$/m);
    assert.deepEqual(stack.things(), []);
    assert.deepEqual(standIn.calls, []);
  });

  it("creates in order, and shows what the providers print under the resource's name", async () => {
    const up = await stack.must("up", "--yes", "--skip-preview");

    assert.match(up, /^ \+ {2}pulumi-nodejs:dynamic\/test:Thing one created/m);
    assert.match(up, /^ {4}one: halfway$/m);
    assert.match(up, /^ {4}\+ 5 created$/m);
    assert.deepEqual(stack.calls(), ["create one", "create two"]);
    assert.deepEqual(standIn.calls, ["create remote"]);
    assert.equal(standIn.seen[0]?.["key"], "remote");
  });

  it("shows secrets to providers and to nobody else", async () => {
    const shown = await stack.must("stack", "output", "--json");
    const clear = await stack.must("stack", "output", "--json", "--show-secrets");

    assert.ok(!stack.checkpointText().includes(SECRET), "the checkpoint holds a secret in clear");
    assert.ok(!shown.includes(SECRET));
    assert.deepEqual(JSON.parse(clear), {
      answer: { text: `answer to ${SECRET}` },
      marks: { one: "mark of one", remote: "mark of remote", two: "mark of two" },
      token: SECRET,
    });
    const outputs = stack.resource("remote")["outputs"] as Record<string, object>;
    assert.ok("ciphertext" in (outputs["mark"] ?? {}), "additionalSecretOutputs are sealed");
    assert.ok(
      "ciphertext" in ((stack.resource("one")["outputs"] as typeof outputs)["password"] ?? {}),
      "an output of a secret input's name is sealed",
    );
  });

  it("changes nothing the second time, not even the checkpoint file", async () => {
    const text = stack.checkpointText();
    stack.forgetCalls();

    const up = await stack.must("up", "--yes", "--skip-preview", "--expect-no-changes");

    assert.match(up, /^ {4}5 unchanged$/m);
    assert.equal(stack.checkpointText(), text);
    assert.deepEqual(stack.calls(), []);
  });

  it("previews changed properties, nested ones too, with secrets masked", async () => {
    const changed = {
      ...one,
      props: { ...one.props, color: "blue", nested: { deep: [1, 3] }, extra: 1 },
      secretProps: { password: "!" },
    };
    declare(group, changed, two, remote);

    const preview = await stack.must("preview");
    const details = await stack.must("preview", "--diff");
    const json = JSON.parse(await stack.must("preview", "--json")) as {
      changeSummary: object;
      steps: { urn: string; diffReasons: string[] }[];
    };

    assert.match(preview, /one +update +\[diff: \+extra~color,nested,password\]$/m);
    assert.match(details, /^ +~ color +: "red" => "blue"$/m);
    assert.match(details, /^ +~ \[1\]: 2 => 3$/m);
    assert.match(details, /^ +- \[2\]: 3$/m);
    assert.match(details, /^ +~ password: \[secret\] => \[secret\]$/m);
    assert.ok(!details.includes(SECRET));
    assert.ok(!JSON.stringify(json).includes(SECRET));
    assert.deepEqual(json.changeSummary, { replace: 1, same: 2, update: 2 });
    const update = json.steps.find(({ urn }) => urn.endsWith("::one"));
    assert.deepEqual(update?.diffReasons, [
      "color",
      "extra",
      "nested.deep[1]",
      "nested.deep[2]",
      "password",
    ]);
  });

  it("leaves out what is ignored, and replaces before it deletes", async () => {
    const ignoring = {
      ...remote,
      secretProps: { code: "!" },
      options: { ignoreChanges: ["code"] },
    };
    declare(group, one, two, ignoring);
    await stack.must("preview", "--expect-no-changes");
    declare(group, one, two, { ...ignoring, props: { place: "north" } });
    standIn.calls.length = 0;

    const up = await stack.must("up", "--yes", "--skip-preview");

    assert.match(up, /^ \+\+ standin:index:Remote remote created replacement .* \[diff: \+place/m);
    assert.match(up, /^ -- standin:index:Remote remote deleted original/m);
    assert.deepEqual(standIn.calls, ["create remote", "delete remote"]);
    assert.match(up, /^ {4}\+- 1 replaced$/m);
  });

  it("deletes dependents first where a name is fixed, and what is not declared any more", async () => {
    const fixed = { ...one, props: { ...one.props, place: "south", fixedName: true } };
    stack.forgetCalls();
    declare(group, fixed, two);

    await stack.must("up", "--yes", "--skip-preview");

    assert.deepEqual(stack.calls(), ["delete two", "delete one", "create one", "create two"]);
    assert.equal(standIn.calls.at(-1), "delete remote");
    assert.deepEqual(stack.things(), ["one", "two"]);
  });

  it("knows a renamed resource by its alias", async () => {
    stack.forgetCalls();
    declare(
      group,
      { ...one, props: { ...one.props, place: "south", fixedName: true } },
      { ...two, name: "second", aliases: ["two"], props: { strict: true, key: "two" } },
    );

    await stack.must("up", "--yes", "--skip-preview");

    assert.ok(!stack.calls().some((call) => call.startsWith("delete")), stack.calls().join());
    assert.ok(stack.resourceNames().includes("second"));
    assert.ok(!stack.resourceNames().includes("two"));
  });

  it("destroys everything, dependents first, and the program's stack with it", async () => {
    stack.forgetCalls();

    const destroyed = await stack.must("destroy", "--yes", "--skip-preview");

    assert.match(destroyed, /- 4 deleted$/m);
    assert.deepEqual(stack.deployment().resources ?? [], []);
    assert.equal(stack.calls().at(-1), "delete one");
    await stack.must("stack", "rm", "--yes");
    assert.equal((await stack.run("stack", "output")).code, 1);
  });
});
