import { strict as assert } from "node:assert";
import { spawnSync } from "node:child_process";
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join, resolve } from "node:path";
import { afterEach, beforeEach, describe, it } from "mocha";

const IMAGE = "registry.example/media-service@sha256:9f86d081884c7d65";
const STATE = {
  deployment: {
    resources: [
      {
        type: "azure-native:app:ContainerApp",
        inputs: { template: { containers: [{ image: IMAGE }] } },
      },
    ],
  },
};

describe("The workflows' scripts, with programs that only write down what they are asked", () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "twinstream-scripts-"));
    writeFileSync(join(folder, "state.json"), JSON.stringify(STATE));
    program("gh", 'case "$*" in *--paginate*) cat "$FOLDER/comments" 2>/dev/null ;; esac');
    pulumi(0);
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  /** Puts a program on the PATH that notes its arguments. */
  function program(name: string, body: string): void {
    const file = join(folder, name);
    writeFileSync(file, `#!/usr/bin/env bash\necho "${name} $*" >>"$FOLDER/calls"\n${body}\n`);
    chmodSync(file, 0o755);
  }

  function pulumi(status: number): void {
    const says = "echo 'Policies:'; echo '    twinstream@v0.1.0'; echo; echo 'Resources:'";
    const deploys = `preview | refresh | up) ${says}; exit ${status} ;;`;
    program("pulumi", `case "$1" in stack) cat "$FOLDER/state.json" ;; ${deploys} esac`);
  }

  function run(script: string, env: Record<string, string> = {}): number | null {
    return spawnSync("bash", [resolve("scripts/workflow", script), "staging"], {
      encoding: "utf8",
      env: {
        PATH: `${folder}${delimiter}${process.env["PATH"] ?? ""}`,
        FOLDER: folder,
        GITHUB_STEP_SUMMARY: join(folder, "summary"),
        GITHUB_OUTPUT: join(folder, "output"),
        GITHUB_REPOSITORY: "owner/name",
        ...env,
      },
    }).status;
  }

  const output = (): string => readFileSync(join(folder, "output"), "utf8");
  const calls = (): string[] => readFileSync(join(folder, "calls"), "utf8").trim().split("\n");
  const summary = (): string => readFileSync(join(folder, "summary"), "utf8");

  it("preview the image that the stack runs, with the policies, and comment once", () => {
    assert.equal(run("preview.sh", { PULL_REQUEST: "7" }), 0);

    const [, , , list, write, ...others] = calls();
    assert.deepEqual(calls().slice(0, 3), [
      "pulumi stack export --stack staging",
      `pulumi config set --stack staging image ${IMAGE}`,
      "pulumi preview --stack staging --non-interactive --diff --color never --policy-pack policy",
    ]);
    assert.match(list ?? "", /^gh api --paginate repos\/owner\/name\/issues\/7\/comments/);
    assert.match(write ?? "", /^gh api --silent --method POST .*\/issues\/7\/comments/);
    assert.deepEqual(others, []);
    assert.match(summary(), /^<!-- preview of stack staging -->\n### Preview: stack `staging`/);
  });

  it("write the comment that is there anew", () => {
    writeFileSync(join(folder, "comments"), "42\n");

    assert.equal(run("preview.sh", { PULL_REQUEST: "7", IMAGE }), 0);

    assert.match(calls().at(-1) ?? "", /--method PATCH repos\/owner\/name\/issues\/comments\/42/);
  });

  it("report a preview that failed, and fail", () => {
    pulumi(255);

    assert.equal(run("preview.sh", { PULL_REQUEST: "7", IMAGE }), 255);

    assert.match(calls().at(-1) ?? "", /--method POST/);
    assert.match(summary(), /### Preview failed: stack `staging`[^]*Policies:/);
  });

  it("deploy one build by its digest, with the policies", () => {
    assert.equal(run("deploy.sh", { IMAGE }), 0);

    assert.deepEqual(calls(), [
      `pulumi config set --stack staging image ${IMAGE}`,
      "pulumi up --stack staging --non-interactive --yes --skip-preview --policy-pack policy",
    ]);
  });

  it("look for drift without changing anything, and say where it is", () => {
    pulumi(1);

    assert.equal(run("drift.sh"), 1);

    assert.match(calls().at(-1) ?? "", /^pulumi refresh .*--preview-only --expect-no-changes/);
    assert.doesNotMatch(calls().at(-1) ?? "", /--policy-pack/);
    assert.match(summary(), /## Stack `staging` is not as it was deployed/);
  });

  it("give the image that a stack runs, to go back to, and none where there is none", () => {
    assert.equal(run("running-image.sh"), 0);
    assert.equal(output(), `image=${IMAGE}\n`);

    writeFileSync(join(folder, "output"), "");
    writeFileSync(join(folder, "state.json"), JSON.stringify({ deployment: {} }));
    assert.equal(run("running-image.sh"), 0);
    assert.equal(output(), "");
  });

  it("do not take a state that can't be read for one without an image", () => {
    program("pulumi", "exit 255");

    assert.notEqual(run("running-image.sh"), 0);
  });

  it("put back a build after having looked at what is there, and compare", () => {
    program("node", "");

    assert.equal(run("put-back.sh", { IMAGE }), 0);

    const [set, up, compare] = calls();
    assert.equal(set, `pulumi config set --stack staging image ${IMAGE}`);
    assert.match(
      up ?? "",
      /^pulumi up --stack staging .*--yes --skip-preview --refresh --policy-pack/,
    );
    assert.match(
      compare ?? "",
      /^node .*drill\/main\.ts --stack staging --cloud azure .*--check-only$/,
    );
    assert.match(summary(), /Stack `staging` was put back to `registry\.example/);
  });

  it("build the image once, with its bill of materials and provenance, and name it by its digest", () => {
    const digest = `sha256:${"5".repeat(64)}`;
    program("az", "");
    program(
      "docker",
      `case "$2" in
        build) echo '{ "containerimage.digest": "${digest}" }' >image.json ;;
        imagetools) echo '{ "SPDX": {} }' ;;
      esac`,
    );
    // It leaves its files in the project's folder, which here is another.
    mkdirSync(join(folder, "scripts/workflow"), { recursive: true });
    const script = join(folder, "scripts/workflow/build-image.sh");
    copyFileSync("scripts/workflow/build-image.sh", script);
    const github = { GITHUB_SHA: "abc", GITHUB_SERVER_URL: "https://github.example" };

    assert.equal(run(script, { REGISTRY: "registry", ...github }), 0);

    const image = `registry.azurecr.io/twinstream/media-service@${digest}`;
    assert.equal(output(), `image=${image}\n`);
    const written = (name: string): unknown => JSON.parse(readFileSync(join(folder, name), "utf8"));
    assert.deepEqual(written("build.json"), { commit: "abc", image });
    assert.deepEqual(written("sbom.json"), { SPDX: {} });
    const build = calls().find((call) => call.startsWith("docker buildx build"));
    assert.match(build ?? "", / --sbom=true --provenance=mode=max .*--push$/);
  });

  it("refuse to preview a stack whose image nobody knows", () => {
    writeFileSync(join(folder, "state.json"), JSON.stringify({ deployment: {} }));

    assert.notEqual(run("preview.sh"), 0);

    assert.match(summary(), /runs no image yet: deploy it once, or set IMAGE/);
    assert(!calls().some((call) => call.startsWith("pulumi preview")));
  });
});
