import { strict as assert } from "node:assert";
import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join, resolve } from "node:path";
import { afterEach, beforeEach, describe, it } from "mocha";
import { filledInNotice, openValues } from "../../../local-cloud/command/open-values";
import { planPulumiRun } from "../../../local-cloud/command/pulumi-arguments";
import { findDeployer, pulumiEnvironment } from "../../../local-cloud/command/pulumi-command";
import { outputLines } from "../../../local-cloud/command/stack-outputs";
import { copyStackSettings } from "../../../local-cloud/command/stack-settings";
import { statusTable } from "../../../local-cloud/command/status-view";
import { readCloudConfig } from "../../../local-cloud/config";
import { createHome, homeAt } from "../../../local-cloud/home";

const root = resolve(__dirname, "../../..");

describe("npm run pulumi", () => {
  for (const { given, expected } of [
    {
      given: ["up", "--yes", "--config-file", "x.yaml"],
      expected: {
        command: "up",
        stack: "dev",
        arguments: ["up", "--yes"],
        needsCloud: true,
        takesSettings: true,
        settingsFile: "x.yaml",
      },
    },
    {
      given: ["preview", "--stack=other", "--config-file=y.yaml", "--diff"],
      expected: {
        command: "preview",
        stack: "other",
        arguments: ["preview", "--stack=other", "--diff"],
        needsCloud: true,
        takesSettings: true,
        settingsFile: "y.yaml",
      },
    },
    {
      given: ["stack", "output", "--json"],
      expected: {
        command: "stack",
        stack: "dev",
        arguments: ["stack", "output", "--json"],
        needsCloud: false,
        takesSettings: false,
        settingsFile: undefined,
      },
    },
    {
      given: ["config", "set", "a", "b"],
      expected: {
        command: "config",
        stack: "dev",
        arguments: ["config", "set", "a", "b"],
        needsCloud: false,
        takesSettings: false,
        settingsFile: undefined,
      },
    },
  ]) {
    it(`reads \`${given.join(" ")}\``, () => {
      assert.deepEqual(planPulumiRun(given, "dev"), expected);
    });
  }
});

describe("the commands of the local cloud", () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "twinstream-command-"));
  });
  afterEach(() => {
    rmSync(directory, { recursive: true, force: true });
  });
  const run = (program: string, ...args: string[]): { status: number | null; output: string } => {
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      ["-r", require.resolve("tsx/cjs"), join(root, "local-cloud", program), ...args],
      { cwd: root, env: { ...process.env, TWINSTREAM_HOME: directory }, encoding: "utf8" },
    );
    return { status, output: stdout + stderr };
  };

  it("say what to do when a deployment needs a local cloud and none runs", () => {
    const { status, output } = run("pulumi.ts", "up");

    assert.equal(status, 1);
    assert.match(
      output,
      /`pulumi up` needs the local cloud, and none runs in .*; start it in another terminal with `npm start`/,
    );
  });

  it("forget the local cloud and leave what else lies in its home", () => {
    createHome(homeAt(directory));
    writeFileSync(join(directory, "mine.txt"), "");

    const asked = run("reset.ts");
    const { status } = run("reset.ts", "--yes");

    assert.match(asked.output, /nobody can be asked here: add --yes/);
    assert.equal(status, 0);
    assert.throws(() => readFileSync(join(directory, "cloud/secrets.key")), { code: "ENOENT" });
    assert.equal(readFileSync(join(directory, "mine.txt"), "utf8"), "");
  });

  it("use the official CLI on PATH, but not what npm puts there", function () {
    if (process.platform === "win32") {
      console.log("      skipped: programs are marked executable otherwise on Windows");
      this.skip();
    }
    const [official, npm] = ["cli", "node_modules/.bin"].map((name) => join(directory, name));
    assert(official !== undefined && npm !== undefined);
    for (const folder of [official, npm]) {
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, "pulumi"), "");
      chmodSync(join(folder, "pulumi"), 0o755);
    }
    const withPath = (...folders: string[]) =>
      findDeployer(readCloudConfig({ PATH: folders.join(delimiter) }, root)).command;

    assert.equal(withPath(npm, official), join(official, "pulumi"));
    assert.equal(withPath(npm), process.execPath);
  });

  it("tell a deployer where state, passphrase and providers are, but no secret", () => {
    const environment = pulumiEnvironment(readCloudConfig({ TWINSTREAM_HOME: directory }, root), {
      providers: "azure-native:1,azure:2",
      environment: { IDENTITY_HEADER: "h" },
    });

    assert.deepEqual(environment, {
      TWINSTREAM_HOME: directory,
      PULUMI_STACK: "dev",
      PULUMI_BACKEND_URL: `file://${directory}/state`,
      PULUMI_CONFIG_PASSPHRASE_FILE: join(directory, "passphrase"),
      PULUMI_SKIP_UPDATE_CHECK: "true",
      PULUMI_NODEJS_TRANSPILE_ONLY: "true",
      IDENTITY_HEADER: "h",
      PULUMI_DEBUG_PROVIDERS: "azure-native:1,azure:2",
    });
  });

  it("keep a stack's salt in a copy of its settings, never in the committed file", () => {
    const home = homeAt(join(directory, "home"));
    createHome(home);
    const original = join(directory, "Pulumi.dev.yaml");
    writeFileSync(original, "config:\n  a: 1\n");
    const source = { home, projectRoot: directory, stack: "dev" };
    writeFileSync(join(home.stackSettingsDirectory, "Pulumi.dev.yaml"), "encryptionsalt: v1:x\n");

    const copy = copyStackSettings(source);
    copyStackSettings(source);

    assert.deepEqual(copy.filledIn, {});
    assert.equal(readFileSync(copy.file, "utf8"), "config:\n  a: 1\nencryptionsalt: v1:x\n");
    assert.equal(readFileSync(original, "utf8"), "config:\n  a: 1\n");
    assert.throws(
      () => copyStackSettings({ ...source, stack: "none" }),
      /stack none has no settings: there is no file .*Pulumi\.none\.yaml/,
    );
  });

  it("fill in what a stack's settings leave to its deployment, and say so", () => {
    const home = homeAt(join(directory, "home"));
    createHome(home);
    writeFileSync(join(directory, "Pulumi.staging.yaml"), "config:\n  p:publicScheme: https\n");
    const { file, filledIn } = copyStackSettings({
      home,
      projectRoot: directory,
      stack: "staging",
      openValues: openValues("p"),
    });

    assert.equal(
      readFileSync(file, "utf8"),
      "config:\n  p:publicScheme: https\n  p:image: localhost/twinstream/media-service\n",
    );
    assert.equal(
      filledInNotice("staging", filledIn),
      "note: stack staging leaves open what this machine fills in:" +
        " p:image localhost/twinstream/media-service",
    );
    assert.equal(filledInNotice("dev", {}), undefined);
  });

  it("print every address of a video, data centers first", () => {
    const urls = (host: string) => ({
      smooth: `${host}/s`,
      hls: `${host}/h`,
      dash: `${host}/d`,
    });

    assert.deepEqual(
      outputLines({
        videos: [{ name: "film", relativePath: "/x", urls: { edge: urls("e"), west: urls("w") } }],
        watchPage: null,
      }),
      [
        "",
        "film  /x",
        "  west",
        "    HLS     w/h",
        "    DASH    w/d",
        "    Smooth  w/s",
        "  edge",
        "    HLS     e/h",
        "    DASH    e/d",
        "    Smooth  e/s",
        "",
      ],
    );
  });

  it("show the status as a table", () => {
    const [heading = "", row = ""] = statusTable([
      ["east", "running", "held", "healthy", "Online", "http://127.0.0.1:1"],
    ]).split("\n");

    assert.equal(heading, "data center  service  store  edge     Traffic Manager  address");
    assert.equal(row, "east         running  held   healthy  Online           http://127.0.0.1:1");
  });
});
