import { strict as assert } from "node:assert";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { json } from "node:stream/consumers";
import { afterEach, beforeEach, describe, it } from "mocha";
import { type LocalFaultName, localFaultNames } from "../../drill/control/local-faults";
import { LocalControl } from "../../drill/control/local-control";
import { parseOptions } from "../../drill/options";
import { readFault } from "../../local-cloud/control/read-fault";

describe("a data center of the local cloud", () => {
  let server: Server;
  let home: string;
  /** What the control API was asked to do. */
  let faults: Record<string, unknown>[];
  let status: { processes: { name: string; state: string }[]; fault: object | undefined };

  beforeEach(async () => {
    home = mkdtempSync(join(tmpdir(), "twinstream-drill-"));
    faults = [];
    status = {
      processes: ["service-east", "store-east"].map((name) => ({ name, state: "running" })),
      fault: undefined,
    };
    server = createServer((request, response) => {
      void (async () => {
        if (request.method === "POST") faults.push((await json(request)) as never);
        const { processes, fault } = status;
        const east = {
          name: "east",
          url: "http://e",
          service: "service-east",
          store: "store-east",
        };
        response.end(JSON.stringify({ pid: 1, processes, dataCenters: [{ ...east, fault }] }));
      })();
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    const controlUrl = `http://127.0.0.1:${port}`;
    const environment = { DEPLOYER_OF_TEST: "its identity" };
    writeFileSync(join(home, "cloud.json"), JSON.stringify({ pid: 1, controlUrl, environment }));
  });
  afterEach(() => {
    delete process.env["DEPLOYER_OF_TEST"];
    server.closeAllConnections();
    server.close();
    rmSync(home, { recursive: true, force: true });
  });

  it("is asked for locators as whoever deploys, for it may have no key", async () => {
    await LocalControl.find(home, "kill");

    assert.equal(process.env["DEPLOYER_OF_TEST"], "its identity");
  });

  const expected: Record<LocalFaultName, string[]> = {
    kill: ["service kill", "store kill"],
    hang: ["network hang"],
    fail: ["network fail"],
    slow: ["network slow"],
    cut: ["network cut"],
  };
  for (const name of localFaultNames) {
    it(`is taken away by ${name} and brought back whole, in words that the control API knows`, async () => {
      const control = await LocalControl.find(home, parseOptions(["--fault", name]).fault);
      await control.prepare("east");
      await control.takeAway("east");
      assert.deepEqual(faults.map(inWords), expected[name]);
      await control.bringBack("east");

      assert.deepEqual(faults.map(inWords).slice(-3), [
        "network restore",
        "store restore",
        "service restore",
      ]);
      for (const fault of faults) assert.equal(readFault(fault).target, "east");
      assert.equal(control.fault, name);
    });
  }

  it("is not taken away while it has a fault already", async () => {
    status.fault = { action: "hang" };
    const control = await LocalControl.find(home, "slow");

    await assert.rejects(control.prepare("east"), /east has a fault already \(hang\)/);
    assert.deepEqual(faults, []);
  });

  it("is not taken away while a part of it is down", async () => {
    status.processes = [{ name: "store-east", state: "held" }];
    const control = await LocalControl.find(home, "kill");

    await assert.rejects(control.prepare("east"), /store-east is held\): restore it first/);
  });
});

function inWords({ what, action }: Record<string, unknown>): string {
  return `${String(what)} ${String(action)}`;
}
