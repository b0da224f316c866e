import { strict as assert } from "node:assert";
import { createHmac, randomBytes, randomUUID } from "node:crypto";
import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { QueueClient, StorageSharedKeyCredential } from "@azure/storage-queue";
import { after, before, beforeEach, describe, it } from "mocha";
import { isForbiddenAddress } from "../../../media-service/domain/callable-address";
import { HttpWebHooks } from "../../../media-service/notifications/http-web-hooks";
import type { AccountDeps } from "../../../media-service/services/account-deps";
import { StoredJobRuns } from "../../../media-service/services/job-runs";
import { deliverNotices } from "../../../media-service/services/notice-delivery";
import { createEndPoint } from "../../../media-service/services/notification-end-points";
import { openTestAccount } from "../../support/account-deps";
import { ApiClient } from "../../support/api-client";
import { type Azurite, startAzurite } from "../../support/azurite";
import { Died, dyingAccount } from "../../support/dying-account";
import { startMediaServiceHere } from "../../support/media-service";
import { encryptedFor, protectionCertificate } from "../../support/protected-content";

const ENCODER = "nb:mpid:UUID:ff4df607-d419-42f0-bc17-a481b1331e56";
const BODY =
  "<taskBody><inputAsset>JobInputAsset(0)</inputAsset>" +
  "<outputAsset>JobOutputAsset(0)</outputAsset></taskBody>";
const PATIENCE_MILLISECONDS = 30_000;

interface Message {
  readonly MessageVersion: string;
  readonly ETag: string;
  readonly EventType: number | string;
  readonly TimeStamp: string;
  readonly Properties: Readonly<Record<string, string>>;
}

describe("notifications", () => {
  let azurite: Azurite;
  let receiver: Server;
  let address: string;
  let received: { headers: IncomingHttpHeaders; text: string; message: Message }[] = [];
  let answers: number[] = [];
  const otherKey = randomBytes(64).toString("base64");
  before(async () => {
    azurite = await startAzurite({ moreAccounts: { otheraccount: otherKey } });
    receiver = createServer((request, reply) => {
      let text = "";
      request.on("data", (chunk: Buffer) => (text += chunk.toString()));
      request.on("end", () => {
        received.push({ headers: request.headers, text, message: JSON.parse(text) as Message });
        reply.writeHead(answers.shift() ?? 204, { location: "/elsewhere" }).end();
      });
    });
    await new Promise<void>((listening) => receiver.listen(0, "127.0.0.1", listening));
    address = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`;
  });
  after(async () => {
    receiver.close();
    await azurite.stop();
  });
  beforeEach(() => {
    received = [];
    answers = [];
  });

  const until = async (what: string, isSo: () => boolean | Promise<boolean>) => {
    const end = Date.now() + PATIENCE_MILLISECONDS;
    while (!(await isSo())) {
      assert(Date.now() < end, `${what}: not within ${PATIENCE_MILLISECONDS} ms`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };

  describe("over the REST API", () => {
    let service: Awaited<ReturnType<typeof startMediaServiceHere>>;
    let api: ApiClient;
    let account: AccountDeps;
    let inputId: string;
    before(async () => {
      service = await startMediaServiceHere({ storage: azurite, env: { ROLES: "api" } });
      api = await ApiClient.connect(service);
      account = await openTestAccount(azurite, service.accountKey);
      inputId = (await api.create("Assets", { Name: "in" })).Id;
      await api.create("Files", { Name: "in.mp4", ParentAssetId: inputId });
    });
    after(() => service.stop());

    const endPoint = (more: object = {}) => ({
      ...{ Name: "hook", EndPointType: 3, EndPointAddress: address, ...more },
    });
    const job = (subscriptions: readonly object[], ofTask: readonly object[] = []) => ({
      Name: "told",
      InputMediaAssets: [{ __metadata: { uri: `Assets('${inputId}')` } }],
      JobNotificationSubscriptions: subscriptions,
      Tasks: [
        {
          ...{ Configuration: "Adaptive Streaming", MediaProcessorId: ENCODER, TaskBody: BODY },
          TaskNotificationSubscriptions: ofTask,
        },
      ],
    });
    const run = async (id: string) => {
      const runs = new StoredJobRuns(account);
      const [task] = (await runs.start(id))?.tasks ?? [];
      assert(task);
      await runs.taskStarted(id, task.taskId);
      await runs.progress(id, task.taskId, 42.5);
      await runs.taskCompleted(id, task.taskId);
      await runs.finish(id);
      return task.taskId;
    };

    it("of a webhook are signed, and tell of each change that was subscribed to", async () => {
      const signingKey = randomBytes(64);
      const { certificate, thumbprint } = await protectionCertificate(api);
      const made = await api.create(
        "NotificationEndPoints",
        endPoint({
          ...{ CredentialType: 1, ProtectionKeyType: 0, ProtectionKeyId: thumbprint },
          EncryptedEndPointCredential: encryptedFor(certificate, signingKey),
        }),
      );
      const NotificationEndPointId = made.Id;
      const { Id } = await api.create(
        "Jobs",
        job(
          [{ NotificationEndPointId, TargetJobState: 2 }],
          [{ NotificationEndPointId, TargetTaskState: 1, IncludeTaskProgress: true }],
        ),
      );
      const [task] = (await api.list(`Jobs('${Id}')/Tasks`)) as unknown as {
        TaskNotificationSubscriptions: { results: Record<string, unknown>[] };
      }[];
      assert.equal(task?.TaskNotificationSubscriptions.results[0]?.["IncludeTaskProgress"], true);
      const taskId = await run(Id);
      await until("all messages", () => received.length >= 5);
      const told = received
        .map(({ message }) => message)
        .sort((one, other) => (one.TimeStamp < other.TimeStamp ? -1 : 1))
        .map(({ EventType, Properties }) => [
          EventType,
          Properties["TaskId"] ?? Properties["JobId"],
          Properties["NewState"] ?? Properties["Progress"] ?? Properties["State"],
        ]);
      assert.deepEqual(told, [
        [2, undefined, "Registered"],
        [1, Id, "Processing"],
        [5, taskId, "42"],
        [4, taskId, "Finished"],
        [1, Id, "Finished"],
      ]);
      for (const { headers, text, message } of received) {
        const digest = createHmac("sha256", signingKey).update(text).digest("hex").toUpperCase();
        assert.equal(headers["ms-signature"], `sha256=${digest}`);
        assert.equal(headers["content-type"], "application/json");
        assert.equal(headers["ms-mediaservices-accountid"], message.Properties["AccountId"]);
        assert.equal(message.MessageVersion, "1.1");
        assert.equal(message.Properties["NotificationEndPointId"], made.Id);
        assert.equal(message.Properties["AccountName"], service.accountName);
      }
      assert.equal(new Set(received.map(({ message }) => message.ETag)).size, received.length);
    });

    it("of a queue tell of the final state alone, in the account's own storage", async () => {
      const EndPointAddress = `told-${randomUUID().slice(0, 8)}`;
      const { Id: NotificationEndPointId } = await api.create(
        "NotificationEndPoints",
        endPoint({ EndPointType: 1, EndPointAddress }),
      );
      const { Id } = await api.create("Jobs", job([{ NotificationEndPointId, TargetJobState: 1 }]));
      await api.call("GET", `CancelJob?jobid='${Id}'`);
      const credential = new StorageSharedKeyCredential(azurite.accountName, azurite.accountKey);
      const queue = new QueueClient(`${azurite.queueEndpoint}/${EndPointAddress}`, credential);
      const messages: Message[] = [];
      await until("messages in the queue", async () => {
        if (!(await queue.exists())) return false;
        for (const item of (await queue.receiveMessages()).receivedMessageItems) {
          const text = Buffer.from(item.messageText, "base64").toString();
          messages.push(JSON.parse(text) as Message);
        }
        return messages.length >= 2;
      });
      messages.sort((one, other) => (one.TimeStamp < other.TimeStamp ? -1 : 1));
      assert.deepEqual(
        messages.map(({ EventType, Properties }) => [EventType, Properties["NewState"]]),
        [
          ["NotificationEndPointRegistration", undefined],
          ["JobStateChange", "Canceled"],
        ],
      );
    });

    it("have end points that can be renamed, found and deleted", async () => {
      const { Id } = await api.create("NotificationEndPoints", endPoint());
      const path = `NotificationEndPoints('${Id}')`;
      assert.equal((await api.call("MERGE", path, { body: { Name: "new" } })).status, 204);
      const other = { EndPointAddress: "http://elsewhere.example/" };
      assert.equal((await api.call("MERGE", path, { body: other })).status, 400);
      const found = await api.list("NotificationEndPoints?$filter=Name eq 'new'");
      assert.deepEqual(
        found.map((one) => one.Id),
        [Id],
      );
      assert.equal((await api.call("DELETE", path)).status, 204);
      assert.equal((await api.call("DELETE", path)).status, 404);
    });

    for (const [why, more] of [
      ["no name", { Name: "" }],
      ["a table", { EndPointType: 2, EndPointAddress: "table" }],
      ["a file", { EndPointAddress: "file:///etc/passwd" }],
      ["no address", { EndPointAddress: "nowhere" }],
      ["a password in the address", { EndPointAddress: "https://user:word@example.com/" }],
      ["a cloud's metadata", { EndPointAddress: "http://169.254.169.254/latest/" }],
      ["the same in another notation", { EndPointAddress: "http://0xA9FEA9FE/" }],
      ["the same inside IPv6", { EndPointAddress: "http://[::ffff:169.254.169.254]/" }],
      ["a link-local address", { EndPointAddress: "http://[fe80::1]/" }],
      ["the queue of jobs", { EndPointType: 1, EndPointAddress: "encode-jobs" }],
      ["a queue that can't be", { EndPointType: 1, EndPointAddress: "../x" }],
      ["a credential that is missing", { CredentialType: 1 }],
      ["a credential for nobody", { CredentialType: 1, EncryptedEndPointCredential: "AAAA" }],
    ] as const) {
      it(`are not sent to ${why}`, async () => {
        const body = endPoint(more);
        const reply = await api.call("POST", "NotificationEndPoints", { body });
        assert.equal(reply.status, 400, reply.text);
      });
    }

    it("can't be subscribed to for nothing, by far too many, or of nobody", async () => {
      const { Id: NotificationEndPointId } = await api.create("NotificationEndPoints", endPoint());
      const subscription = { NotificationEndPointId, TargetJobState: 1 };
      for (const [subscriptions, status] of [
        [[{ NotificationEndPointId, TargetJobState: 0 }], 400],
        [Array(51).fill(subscription) as object[], 400],
        [[{ ...subscription, NotificationEndPointId: `nb:nepid:UUID:${randomUUID()}` }], 404],
        [[{ ...subscription, NotificationEndPointId: "x" }], 400],
      ] as const) {
        const reply = await api.call("POST", "Jobs", { body: job(subscriptions) });
        assert.equal(reply.status, status, reply.text);
      }
      assert.equal(
        (await api.call("POST", "Jobs", { body: job(Array(50).fill(subscription) as object[]) }))
          .status,
        201,
      );
    });
  });

  describe("that wait to be delivered", () => {
    let account: AccountDeps;
    const logged: string[] = [];
    const log = {
      info: (_details: object, message: string) => logged.push(message),
      warn: (_details: object, message: string) => logged.push(message),
    };
    const webHooks = new HttpWebHooks(() => false);
    const queues = { send: () => Promise.reject(new Error("no queue in this test")) };
    const later = (deps: AccountDeps, minutes: number): AccountDeps => ({
      ...deps,
      clock: { now: () => new Date(Date.now() + minutes * 60_000) },
    });
    const waiting = async () => {
      let count = 0;
      for await (const { value } of account.stores.notices.list()) count += value.id === "" ? 0 : 1;
      return count;
    };
    const newNotice = () =>
      createEndPoint(account, {
        ...{ name: "hook", type: 3, address, encryptedCredential: null, protectionKeyId: null },
      });
    before(async () => {
      const at = (port: number) => `http://127.0.0.1:${port}/otheraccount`;
      account = await openTestAccount({
        ...{ accountName: "otheraccount", accountKey: otherKey },
        blobEndpoint: at(azurite.ports.blob),
        queueEndpoint: at(azurite.ports.queue),
        tableEndpoint: at(azurite.ports.table),
      });
      account = {
        ...account,
        account: { ...account.account, streamingBaseUrl: "http://127.0.0.1" },
      };
    });

    it("arrive once when two processes deliver at the same time", async () => {
      await newNotice();
      await newNotice();
      const deliver = () => deliverNotices({ account, queues, webHooks, log });
      await Promise.all([deliver(), deliver()]);
      assert.equal(received.length, 2);
      assert.equal(await waiting(), 0);
    });

    it("arrive though the process that delivers is killed anywhere", async () => {
      let isKilled = true;
      for (let calls = 0; isKilled; calls++) {
        await newNotice();
        received = [];
        const dying = dyingAccount(account, calls);
        isKilled = await deliverNotices({ account: dying, queues, webHooks, log }).then(
          () => false,
          (error: unknown) => {
            assert(error instanceof Died);
            return true;
          },
        );
        await deliverNotices({ account: later(account, 2), queues, webHooks, log });
        assert(received.length >= 1, `killed at call ${calls}`);
        assert.equal(new Set(received.map(({ message }) => message.ETag)).size, 1);
        assert.equal(await waiting(), 0);
      }
    });

    it("are tried again after a refusal or a redirect, and given up in the end", async () => {
      answers = [500, 302, 404, 500, 500, 500, 500, 500, 200];
      await newNotice();
      await deliverNotices({ account, queues, webHooks, log });
      await deliverNotices({ account, queues, webHooks, log });
      assert.equal(received.length, 1, "the second try has to wait");
      for (let tries = 2; tries <= 9; tries++) {
        await deliverNotices({ account: later(account, 10 * tries), queues, webHooks, log });
      }
      assert.equal(received.length, 8);
      assert.equal(await waiting(), 0);
      assert.match(logged.at(-1) ?? "", /given up/);
    });

    it("go nowhere when their end point is deleted", async () => {
      const { id } = await newNotice();
      await account.stores.notificationEndPoints.delete(id);
      await deliverNotices({ account, queues, webHooks, log });
      assert.equal(received.length, 0);
      assert.equal(await waiting(), 0);
    });

    it("are not sent to a name that leads to where the service must not call", async () => {
      const guarded = new HttpWebHooks((ip) => isForbiddenAddress(ip, { allowLoopback: false }));
      for (const host of ["localhost", "127.0.0.1", "[::1]"]) {
        const forbidden = address.replace("127.0.0.1", host);
        await assert.rejects(guarded.post(forbidden, "{}", {}), { name: "DeniedError" }, host);
      }
      assert.equal(received.length, 0);
    });
  });

  for (const [ip, allowLoopback, expected] of [
    ["93.184.216.34", false, false],
    ["10.0.0.4", false, false],
    ["2606:2800:220:1::1", false, false],
    ["127.8.8.8", false, true],
    ["127.8.8.8", true, false],
    ["::1", true, false],
    ["::ffff:127.0.0.1", false, true],
    ["::ffff:7f00:1", true, false],
    ["169.254.169.254", true, true],
    ["::ffff:169.254.169.254", true, true],
    ["64:ff9b::a9fe:a9fe", true, true],
    ["fe80::1", true, true],
    ["fe80::1%eth0", true, true],
    ["fd00:ec2::254", true, true],
    ["168.63.129.16", true, true],
    ["0.0.0.0", true, true],
    ["::", true, true],
    ["224.0.0.1", true, true],
    ["255.255.255.255", true, true],
  ] as const) {
    it(`${expected ? "may not" : "may"} go to ${ip}${allowLoopback ? " from a service on loopback" : ""}`, () => {
      assert.equal(isForbiddenAddress(ip, { allowLoopback }), expected);
    });
  }
});
