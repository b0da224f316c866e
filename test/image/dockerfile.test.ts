import { strict as assert } from "node:assert";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  copyFileSync,
  cpSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { Copy, DockerfileParser, From, type Instruction, JSONInstruction } from "dockerfile-ast";
import { validate } from "dockerfile-utils";
import { after, before, describe, it } from "mocha";
import { WATCH_FILES } from "../../media-service/origin/watch-files";
import { servicePackage } from "../../scripts/service-package.cjs";
import { type Azurite, startAzurite } from "../support/azurite";
import { mediaServiceEnv } from "../support/media-service";

const text = readFileSync("Dockerfile", "utf8");
const instructions = DockerfileParser.parse(text).getInstructions();
const last = instructions.map((one) => one.getKeyword()).lastIndexOf("FROM");
/** What makes the image; what is before only feeds it. */
const image = instructions.slice(last);
const argumentsOf = (keyword: string): string[][] =>
  image
    .filter((one) => one.getKeyword() === keyword)
    .map((one) => one.getArguments().map((argument) => argument.getValue()));
const words = (keyword: string): string[] => {
  const found = image.find((one) => one.getKeyword() === keyword);
  assert(found instanceof JSONInstruction);
  return found.getJSONStrings().map((json) => JSON.parse(json.getValue()) as string);
};

/** What is copied from the project, with the place it is copied to at the end. */
const contextCopies = (among: readonly Instruction[]): string[][] =>
  among.flatMap((one) =>
    one instanceof Copy && one.getFromFlag() === null
      ? [one.getArguments().map((argument) => argument.getValue())]
      : [],
  );

describe("The Dockerfile", () => {
  it("is a Dockerfile", () => {
    assert.deepEqual(
      validate(text).map(({ message }) => message),
      [],
    );
  });

  it("begins every stage from one image by its digest", () => {
    const bases = instructions.flatMap((one) =>
      one instanceof From ? [one.getImage() ?? ""] : [],
    );

    assert.equal(bases.length, 2);
    assert.equal(new Set(bases).size, 1);
    assert.match(bases[0] ?? "", /^node:\d+\.\d+\.\d+-bookworm-slim@sha256:[0-9a-f]{64}$/);
  });

  it("runs the service as nobody special, with an encoder, and says how it is", () => {
    assert.deepEqual(argumentsOf("USER"), [["1000:1000"]]);
    assert.match(argumentsOf("RUN").flat().join(" "), /apt-get install .*\bffmpeg\b/);
    assert.equal(argumentsOf("HEALTHCHECK").length, 1);
    assert.deepEqual(words("CMD").slice(0, 1), ["node"]);
  });

  it("ends a process well within the time that the app's declaration grants", () => {
    const env = new Map(
      argumentsOf("ENV")
        .flat()
        .map((pair) => pair.split("=") as [string, string]),
    );
    const seconds = ["SHUTDOWN_DELAY_SECONDS", "SHUTDOWN_GRACE_SECONDS"].map((name) =>
      Number(env.get(name)),
    );
    // What every stack's apps declare is held by a test of its own.
    const stacks = "test/components/expected/stacks";
    const granted = readdirSync(stacks)
      .map((name) => readFileSync(join(stacks, name), "utf8"))
      .flatMap((declared) => [...declared.matchAll(/terminationGracePeriodSeconds: (\d+)/g)])
      .map(([, period]) => Number(period));
    assert(granted.length > 0, "no app declares a termination grace period");

    assert((seconds[0] ?? 0) > 0);
    assert((seconds[0] ?? 0) + (seconds[1] ?? 0) < Math.min(...granted));
  });

  it("gets from the build context everything that it copies", () => {
    const sent = readFileSync(".dockerignore", "utf8")
      .split("\n")
      .flatMap((line) => (line.startsWith("!") ? [line.slice(1)] : []));
    const copied = contextCopies(instructions).flatMap((paths) => paths.slice(0, -1));

    assert.deepEqual([...new Set(copied)].sort(), [...new Set(sent)].sort());
  });
});

describe("The packages of the image", () => {
  const { manifest, lock } = servicePackage();

  it("are those that the service names, none of those that deploy it", () => {
    assert(manifest.dependencies["fastify"]);
    assert(manifest.dependencies["tsx"]);
    for (const name of ["@pulumi/pulumi", "azurite", "typescript", "mocha"]) {
      assert.equal(manifest.dependencies[name], undefined);
      assert.equal(lock.packages[`node_modules/${name}`], undefined);
    }
  });

  it("are the project's own, to the byte", () => {
    const { packages } = JSON.parse(readFileSync("package-lock.json", "utf8")) as typeof lock;

    for (const [place, { version, integrity }] of Object.entries(lock.packages)) {
      if (place === "") continue;
      const own = packages[place];
      assert.deepEqual([version, integrity], [own?.version, own?.integrity], place);
      assert.match(String(integrity), /^sha512-/, place);
    }
  });
});

describe("The files of the image", function () {
  this.timeout(180_000);
  let folder: string;
  let azurite: Azurite;
  let service: ChildProcess | undefined;
  let printed = "";

  before(async () => {
    azurite = await startAzurite();
    folder = mkdtempSync(join(tmpdir(), "twinstream-image-"));
    chmodSync(folder, 0o755);
    for (const [source = "", target = ""] of contextCopies(image)) {
      cpSync(source, join(folder, target === "./" ? source : target), { recursive: true });
    }
    for (const place of Object.keys(servicePackage().lock.packages)) link(place, folder);
  });
  after(async () => {
    service?.kill("SIGKILL");
    await (azurite as Azurite | undefined)?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it("are enough for a service that is not root: it starts, serves its page, and ends when asked", async () => {
    const [program, ...args] = words("CMD");
    assert.equal(program, "node");
    const home = mkdtempSync(join(tmpdir(), "twinstream-image-"));
    chmodSync(home, 0o777);
    const child = spawn(process.execPath, args, {
      cwd: folder,
      env: {
        PATH: process.env["PATH"],
        TMPDIR: home,
        NODE_ENV: "production",
        ...mediaServiceEnv({ storage: azurite, env: { WATCH_PAGE: "true" } }),
      },
      ...(process.getuid?.() === 0 ? { uid: 1000, gid: 1000 } : {}),
    });
    service = child;
    const take = (chunk: Buffer): void => void (printed += chunk.toString());
    child.stdout.on("data", take);
    child.stderr.on("data", take);
    const exited = once(child, "exit") as Promise<[number | null]>;

    const port = await listening(exited);
    for (const { name } of WATCH_FILES) {
      const response = await fetch(`http://127.0.0.1:${port}/watch/${name}`);
      assert.equal(response.status, 200, name);
      await response.arrayBuffer();
    }
    assert.match(printed, /"msg":"encode worker started"/);
    child.kill("SIGTERM");

    assert.deepEqual(await exited, [0, null]);
    rmSync(home, { recursive: true, force: true });
  });

  async function listening(exited: Promise<unknown>): Promise<number> {
    let ended = false;
    void exited.then(() => (ended = true));
    for (;;) {
      const port = /"port":(\d+).*"msg":"listening"/.exec(printed)?.[1];
      if (port !== undefined) return Number(port);
      assert(!ended, `the service ended:\n${printed}`);
      await new Promise((next) => setTimeout(next, 50));
    }
  }
});

/** Puts one package of the project into another folder; without what is installed within it. */
function link(place: string, folder: string): void {
  if (place === "") return;
  const walk = (from: string, to: string): void => {
    mkdirSync(to, { recursive: true });
    for (const entry of readdirSync(from, { withFileTypes: true })) {
      if (entry.name === "node_modules") continue;
      const [source, target] = [join(from, entry.name), join(to, entry.name)];
      if (entry.isDirectory()) walk(source, target);
      else linkOrCopy(source, target);
    }
  };
  const source = resolve(place);
  // Packages for other platforms are in the lock file and not on this machine.
  try {
    readdirSync(source);
  } catch {
    return;
  }
  mkdirSync(dirname(join(folder, place)), { recursive: true });
  walk(source, join(folder, place));
}

function linkOrCopy(source: string, target: string): void {
  try {
    linkSync(source, target);
  } catch {
    copyFileSync(source, target);
  }
}
