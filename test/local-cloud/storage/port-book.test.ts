import { strict as assert } from "node:assert";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "mocha";
import { loopback, PortBook, PortTakenError } from "../../../local-cloud/storage/port-book";

describe("PortBook", () => {
  let directory: string;
  let file: string;
  const servers: Server[] = [];

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "twinstream-ports-"));
    file = join(directory, "ports.json");
  });
  afterEach(async () => {
    for (const server of servers.splice(0)) {
      await new Promise((resolve) => server.close(resolve));
    }
    rmSync(directory, { recursive: true });
  });

  function listen(port: number): Promise<number> {
    const server = createServer();
    servers.push(server);
    return new Promise((resolve, reject) => {
      server.once("error", reject);
      server.listen(port, loopback, () => {
        resolve(port);
      });
    });
  }

  it("gives a user the same port again, also after a restart", async () => {
    const port = await new PortBook(file).listen("control", listen);

    assert.equal(await new PortBook(file).portFor("control"), port);
  });

  it("gives a new user another port when somebody took the found one before it could listen", async () => {
    const tried: number[] = [];
    const port = await new PortBook(file).listen("control", async (found) => {
      tried.push(found);
      if (tried.length === 1) await listen(found);
      return listen(found);
    });

    assert.equal(tried.length, 2);
    assert.equal(port, tried[1]);
    assert.equal(await new PortBook(file).portFor("control"), port);
  });

  it("names a remembered port that another program holds, and keeps it", async () => {
    const port = await new PortBook(file).portFor("control");
    await listen(port);

    await assert.rejects(
      new PortBook(file).listen("control", listen),
      (error) => error instanceof PortTakenError && error.port === port && error.user === "control",
    );
    assert.equal(await new PortBook(file).portFor("control"), port);
  });

  it("hands on what else went wrong", async () => {
    const open = () => Promise.reject(new Error("no certificate"));

    await assert.rejects(new PortBook(file).listen("control", open), /no certificate/);
  });
});
