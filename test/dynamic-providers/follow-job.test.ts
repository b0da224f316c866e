import { strict as assert } from "node:assert";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { afterEach, beforeEach, describe, it } from "mocha";
import { followJob } from "../../dynamic-providers/operations/encoding/follow-job";
import { JobLogs } from "../../dynamic-providers/operations/encoding/job-logs";
import { MediaServicesClient } from "../../dynamic-providers/operations/media-services-client/client";
import { jobs } from "../../dynamic-providers/operations/media-services-client/entities";
import { DEFAULT_RETRY } from "../../dynamic-providers/operations/media-services-client/exchange";
import { type ScriptedAnswer, ScriptedServer, verbose } from "../support/scripted-server";

const ID = "nb:jid:UUID:b1f956b2-774c-bb44-8fe7-53ee2feb5eb7";

describe("followJob", () => {
  let server: ScriptedServer;
  let logs: string;
  let states: (number | "drop")[];

  beforeEach(async () => {
    logs = await mkdtemp(path.join(tmpdir(), "twinstream-logs-"));
    let state: number | "drop" = 0;
    server = await ScriptedServer.start(({ url }) => {
      if (url.includes("OAuth2-13")) {
        return { status: 200, body: '{"access_token":"t","expires_in":"3600"}' };
      }
      if (url.endsWith(`Jobs('${ID}')`)) {
        state = states.shift() ?? state;
        return state === "drop" ? "drop" : ok({ Id: ID, Name: "dev-a", State: state });
      }
      if (url.includes("/OutputMediaAssets")) return ok({ results: [{ Id: "o", Name: "out" }] });
      const ErrorDetails = { results: [{ Code: "ErrorProcessingTask", Message: "no picture" }] };
      const task = { Id: "t", State: 2, Progress: "40.5", ...(state === 4 && { ErrorDetails }) };
      return ok({ results: [task] });
    });
  });

  afterEach(async () => {
    await server[Symbol.asyncDispose]();
    await rm(logs, { recursive: true });
  });

  async function follow(): Promise<void> {
    const connection = {
      apiUrl: `${server.url}/api/`,
      tokenUrl: `${server.url}/v2/OAuth2-13`,
      accountName: "east",
      accountKey: "key",
    };
    const client = new MediaServicesClient(connection, { ...DEFAULT_RETRY, retries: 0 });
    const job = jobs.parse({ Id: ID });
    await followJob(client, job, { label: "encode dev-a", logs: new JobLogs(logs) });
  }

  it("goes on to the job's end, and keeps its details", async () => {
    states = [0, 2, 3];
    await follow();
    const file = `JobDetails-${ID.replaceAll(":", "_")}.txt`;
    assert.deepEqual(await readdir(logs), [file]);
    const log = await readFile(path.join(logs, file), "utf8");
    assert.match(log, /State: Finished\n[^]*Output asset: o 'out'\n[^]*Progress: 40.5 %/);
  });

  it("asks again while the account does not answer", async () => {
    states = [2, "drop", 3];
    await follow();
    assert.deepEqual(states, []);
  });

  it("ends with the task's reason, and keeps it in a log, when the job ends in Error", async () => {
    states = [2, 4];
    await assert.rejects(follow(), (error: Error) => {
      assert.match(
        error.message,
        /ended in Error, ErrorProcessingTask: no picture\. Its log is logs/,
      );
      assert.match(error.message, /JobStop-nb_jid_UUID_b1f956b2.*the next run removes it/);
      return true;
    });
    assert.equal((await readdir(logs)).length, 2);
  });

  it("takes a canceled job for failed", async () => {
    states = [5];
    await assert.rejects(follow(), /ended in Canceled, without a reason/);
  });
});

function ok(d: object): ScriptedAnswer {
  return { status: 200, body: verbose(d) };
}
