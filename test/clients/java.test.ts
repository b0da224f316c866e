import { strict as assert } from "node:assert";
import { execFile, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { request } from "node:http";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join, resolve } from "node:path";
import { promisify } from "node:util";
import { after, before, describe, it } from "mocha";
import { ApiClient } from "../support/api-client";
import { type Azurite, startAzurite } from "../support/azurite";
import { startMediaServiceHere, type TestMediaService } from "../support/media-service";

type Service = Omit<TestMediaService, "pid" | "kill">;

const LIBRARY = resolve(__dirname, "java");
const GENERATOR = resolve(__dirname, "odata");
const CLIP = resolve(__dirname, "../fixtures/tiny-clip.mp4");
const PASSWORD = "of-a-certificate-for-one-test";
const MINUTE = 60_000;

/** Only an https authority is good enough for the library: TLS in front of the token endpoint. */
function startAuthority(pfx: Buffer, service: Service): Promise<Server> {
  const server = createServer({ pfx, passphrase: PASSWORD }, (incoming, outgoing) => {
    const { method = "GET", url: path = "/", headers } = incoming;
    const sent = request(
      { port: service.port, host: "127.0.0.1", method, path, headers },
      (reply) => {
        outgoing.writeHead(reply.statusCode ?? 502, reply.headers);
        reply.pipe(outgoing);
      },
    );
    sent.on("error", () => outgoing.destroy());
    incoming.pipe(sent);
  });
  return new Promise((done) => {
    server.listen(0, "127.0.0.1", () => {
      done(server);
    });
  });
}

function authorityOf(server: Server): string {
  return `https://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

async function makeCertificate(directory: string): Promise<string> {
  const store = join(directory, "certificate.p12");
  const names = ["-dname", "CN=127.0.0.1", "-ext", "san=ip:127.0.0.1", "-alias", "test"];
  const key = ["-keyalg", "RSA", "-keysize", "2048", "-validity", "2"];
  const where = ["-storetype", "PKCS12", "-keystore", store, "-storepass", PASSWORD];
  await promisify(execFile)("keytool", ["-genkeypair", ...names, ...key, ...where]);
  return store;
}

/** Compiles a program; only for the first time are its packages fetched. */
async function compile(project: string, directory: string): Promise<string> {
  const classpath = join(directory, "classpath");
  const goals = ["compile", "dependency:build-classpath", `-Dmdep.outputFile=${classpath}`];
  const maven = (...options: string[]): Promise<unknown> => {
    const where = ["-f", join(project, "pom.xml"), `-DbuildDirectory=${directory}`];
    return promisify(execFile)("mvn", ["-q", "-B", ...options, ...where, ...goals]);
  };
  await maven("-o").catch(() => maven());
  return [join(directory, "classes"), (await readFile(classpath, "utf8")).trim()].join(delimiter);
}

function accountEnv(prefix: string, service: Service, authority: Server): Record<string, string> {
  return {
    [`${prefix}_API`]: service.apiUrl,
    [`${prefix}_AUTHORITY`]: authorityOf(authority),
    [`${prefix}_CLIENT_ID`]: service.accountName,
    [`${prefix}_CLIENT_KEY`]: service.accountKey,
  };
}

function missingTool(): string | undefined {
  return ["mvn", "javac", "keytool"].find(
    (tool) => spawnSync(tool, ["-version"]).error !== undefined,
  );
}

describe("the unmodified Java library, azure-media 0.9.8", () => {
  const found = new Map<string, string>();
  const cleanUps: (() => unknown)[] = [];
  let source: Service;
  let target: Service;

  before(async function () {
    const missing = missingTool();
    if (missing !== undefined) {
      console.log(`      skipped: there is no ${missing} on this machine`);
      this.skip();
    }
    this.timeout(10 * MINUTE);
    const directory = await mkdtemp(join(tmpdir(), "twinstream-java-"));
    cleanUps.push(() => rm(directory, { recursive: true, force: true }));
    const otherKey = randomBytes(64).toString("base64");
    const [azurite, classpath, store] = await Promise.all([
      startAzurite({ moreAccounts: { other: otherKey } }),
      compile(LIBRARY, directory),
      makeCertificate(directory),
    ]);
    cleanUps.push(() => azurite.stop());
    source = await start(azurite, "api,worker");
    target = await start(otherAccount(azurite, otherKey), "api");
    const pfx = await readFile(store);
    const [first, second] = [await startAuthority(pfx, source), await startAuthority(pfx, target)];
    cleanUps.push(
      () => first.close(),
      () => second.close(),
    );
    const { stdout } = await promisify(execFile)(
      "java",
      [
        ...["--add-opens=java.base/java.lang=ALL-UNNAMED", "-cp", classpath],
        ...[`-Djavax.net.ssl.trustStore=${store}`, "-Djavax.net.ssl.trustStoreType=PKCS12"],
        "twinstream.Workflow",
      ],
      {
        timeout: 5 * MINUTE,
        env: {
          ...process.env,
          ...accountEnv("SOURCE", source, first),
          ...accountEnv("TARGET", target, second),
          JAVA_TOOL_OPTIONS: `-Djavax.net.ssl.trustStorePassword=${PASSWORD}`,
          CLIP,
        },
      },
    );
    for (const [, name = "", value = ""] of stdout.matchAll(/^(\w+)=(.*)$/gm))
      found.set(name, value);
  });

  after(async () => {
    for (const cleanUp of cleanUps.reverse()) await cleanUp();
  });

  async function start(storage: Azurite, roles: string): Promise<Service> {
    const service = await startMediaServiceHere({ storage, env: { ROLES: roles } });
    cleanUps.push(() => service.stop());
    return service;
  }

  function otherAccount(azurite: Azurite, accountKey: string): Azurite {
    const at = (endpoint: string): string => endpoint.replace(/[^/]+$/, "other");
    return {
      ...azurite,
      accountName: "other",
      accountKey,
      blobEndpoint: at(azurite.blobEndpoint),
      queueEndpoint: at(azurite.queueEndpoint),
      tableEndpoint: at(azurite.tableEndpoint),
    };
  }

  it("uploads by a SAS locator, encodes by a batch, and finds the manifest", () => {
    assert.equal(found.get("jobState"), "Finished");
    assert.match(found.get("manifest") ?? "", /^clip.*\.ism$/);
  });

  it("publishes in two accounts under the same id, so that only the host differs", () => {
    assert.equal(found.get("sameId"), "true");
    const [path, replica] = [found.get("path") ?? "", found.get("replicaPath") ?? ""];
    assert.equal(new URL(path).host, new URL(source.baseUrl).host);
    assert.equal(new URL(replica).host, new URL(target.baseUrl).host);
    assert.equal(new URL(path).pathname, new URL(replica).pathname);
    assert.match(new URL(path).pathname, /^\/[0-9a-f-]{36}\/$/);
  });

  it("reads refusals with their status and message", () => {
    for (const [name, status] of [
      ["missing", 404],
      ["malformed", 400],
      ["refusedJob", 404],
      ["refusedPolicy", 400],
      ["deleted", 404],
    ] as const) {
      assert.match(found.get(name) ?? "", new RegExp(`^${status} `), name);
    }
  });

  it("filters and pages lists", () => {
    assert.equal(found.get("page"), "2");
  });

  it("finds that a client of OData 3 can write classes of all that the metadata declares", async function () {
    this.timeout(5 * MINUTE);
    const directory = await mkdtemp(join(tmpdir(), "twinstream-odata-"));
    cleanUps.push(() => rm(directory, { recursive: true, force: true }));
    const [metadata, classes] = [join(directory, "metadata.xml"), join(directory, "generated")];
    const api = await ApiClient.connect(source);
    await writeFile(metadata, (await api.call("GET", "$metadata")).text);
    await mkdir(classes);
    const classpath = await compile(GENERATOR, directory);
    const main = ["-cp", classpath, "twinstream.Generator", metadata, classes];
    const { stdout } = await promisify(execFile)("java", main, { timeout: MINUTE });
    const lines = stdout.trim().split("\n");
    const count = (kind: string) => lines.filter((line) => line.startsWith(`${kind} `)).length;
    const { EntitySets: sets } = (await api.call("GET", "")).json.d;

    for (const line of [
      "set Files [AssetFile] []",
      "entity Locator [Id] [AccessPolicy, AccessPolicyId, Asset, AssetId, BaseUri, ContentAccessComponent, ExpirationDateTime, Id, Name, Path, StartTime, Type]",
      "complex ErrorDetail [] [Code, Message]",
      "function CreateFileInfos [] [assetid]",
      "action Scale [] [bindingParameter, scaleUnits]",
    ]) {
      assert(lines.includes(line), line);
    }
    assert.equal(count("set"), sets.length);
    assert.equal(count("entity"), sets.length);
    const written = count("entity") + count("complex") + 1;
    assert.equal(lines.at(-1), `compiled ${written}`);
  });
});
