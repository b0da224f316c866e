import { strict as assert } from "node:assert";
import { after, before, describe, it } from "mocha";
import { type ApiCall, ApiClient, type ApiReply, VERBOSE } from "../../support/api-client";
import { type Azurite, startAzurite } from "../../support/azurite";
import { startMediaServiceHere, type TestMediaService } from "../../support/media-service";

const ENCODER = "nb:mpid:UUID:ff4df607-d419-42f0-bc17-a481b1331e56";
const TASK_BODY =
  "<taskBody><inputAsset>JobInputAsset(0)</inputAsset><outputAsset>JobOutputAsset(0)</outputAsset></taskBody>";

/** A request inside a batch, as text. */
interface Inner {
  readonly id?: string;
  readonly method?: string;
  readonly address: string;
  readonly headers?: readonly string[];
  readonly body?: unknown;
}

const part = (boundary: string, { id, method = "POST", address, headers = [], body }: Inner) =>
  [
    `--${boundary}`,
    "Content-Type: application/http",
    "Content-Transfer-Encoding: binary",
    "",
    `${method} ${address} HTTP/1.1`,
    ...(id === undefined ? [] : [`Content-ID: ${id}`]),
    ...(headers.length > 0 ? headers : [`Content-Type: ${VERBOSE}`, `Accept: ${VERBOSE}`]),
    "",
    typeof body === "string" || body === undefined ? (body ?? "") : JSON.stringify(body),
  ].join("\r\n");
const changeset = (...requests: readonly Inner[]) =>
  [
    "--batch_a",
    "Content-Type: multipart/mixed; boundary=changeset_b",
    "",
    ...requests.map((request) => part("changeset_b", request)),
    "--changeset_b--",
  ].join("\r\n");
const query = (request: Inner) => part("batch_a", { method: "GET", ...request });

describe("a batch", () => {
  let azurite: Azurite;
  let service: Omit<TestMediaService, "pid" | "kill">;
  let api: ApiClient;
  let assetId: string;

  before(async function () {
    this.timeout(60_000);
    azurite = await startAzurite();
    service = await startMediaServiceHere({ storage: azurite, env: { ROLES: "api" } });
    api = await ApiClient.connect(service);
    assetId = (await api.create("Assets", { Name: "there", AlternateId: "before" })).Id;
    await api.create("Files", { Name: "in.mp4", ParentAssetId: assetId, IsPrimary: true });
  });

  after(async () => {
    await service.stop();
    await azurite.stop();
  });

  const send = (parts: readonly string[], call: ApiCall = {}) =>
    api.call("POST", "$batch", {
      headers: {
        "content-type": "multipart/mixed; boundary=batch_a",
        accept: "multipart/mixed",
        ...call.headers,
      },
      body: [...parts, "--batch_a--", ""].join("\r\n"),
    });
  const statuses = ({ text }: ApiReply) =>
    [...text.matchAll(/^HTTP\/1\.1 (\d+) /gm)].map(([, status]) => Number(status));
  const named = (name: string) => api.list(`Assets?$filter=Name eq '${name}'`);

  it("answers each read by itself, also when one of them fails, in order and in its own form", async () => {
    const reply = await send([
      query({ address: `${service.apiUrl}Assets('${assetId}')` }),
      query({
        address: "https://elsewhere.test/api//Nothing",
        headers: ["Accept: application/json"],
      }),
      query({ address: "/API/Assets/$count", headers: ["Accept: text/plain"] }),
      query({ address: `Assets('${assetId}')/Name?$format=atom` }),
    ]);
    assert.equal(reply.status, 202);
    assert.deepEqual(statuses(reply), [200, 404, 200, 200]);
    assert.match(
      reply.text,
      /"odata\.error":.*\r\n--batchresponse_[^]*<d:Name [^]*there<\/d:Name>/,
    );
  });

  it("answers requests that name no form in Atom, or in the form of the batch", async () => {
    const inner = query({ address: "MediaProcessors", headers: ["X-None: x"] });
    assert.match((await send([inner])).text, /Content-Type: application\/atom\+xml;type=feed/i);
    const verbose = await send([inner], { headers: { accept: VERBOSE } });
    assert.match(verbose.text, /Content-Type: application\/json;odata=verbose/i);
  });

  it("makes all changes of a changeset, which may refer to what earlier ones make", async () => {
    const reply = await send([
      changeset(
        { id: "new", address: "Assets", body: { Name: "batched" } },
        { id: "f1", address: "$new/Files", body: { Name: "one.mp4" } },
        {
          id: "p",
          address: `${service.apiUrl}AccessPolicies`,
          body: { Name: "p", DurationInMinutes: 5, Permissions: 1 },
        },
        {
          id: "l",
          address: "/api/Locators",
          body: {
            Type: 2,
            Asset: { __metadata: { uri: "$new" } },
            AccessPolicy: { __metadata: { uri: "$p" } },
          },
        },
        { id: "m", address: "$f1", method: "MERGE", body: { IsPrimary: true } },
        {
          id: "t",
          address: `Assets('${assetId}')`,
          headers: ["X-HTTP-Method: merge", `Content-Type: ${VERBOSE}`],
          body: { AlternateId: "after" },
        },
      ),
    ]);
    assert.deepEqual(statuses(reply), [201, 201, 201, 201, 204, 204], reply.text);
    assert.deepEqual(
      [...reply.text.matchAll(/^Content-ID: (\w+)/gm)].map(([, id]) => id),
      ["new", "f1", "p", "l", "m", "t"],
    );
    const [made] = await named("batched");
    const [file] = await api.list(`Assets('${made?.Id}')/Files`);
    assert.deepEqual([file?.Name, file?.IsPrimary], ["one.mp4", true]);
    assert.equal((await api.list(`Assets('${made?.Id}')/Locators`)).length, 1);
    assert.equal((await api.call("GET", `Assets('${assetId}')/AlternateId/$value`)).text, "after");
    await api.call("MERGE", `Assets('${assetId}')`, { body: { AlternateId: "before" } });
  });

  for (const [why, last, status] of [
    ["a body that is refused", { address: "AccessPolicies", body: { Name: "x" } }, 400],
    [
      "what is not there",
      {
        address: `Assets('nb:cid:UUID:${"0".repeat(8)}-0000-0000-0000-000000000000')`,
        method: "MERGE",
        body: {},
      },
      404,
    ],
    [
      "a file that is there already",
      { address: "Files", body: { Name: "in.mp4", ParentAssetId: "ASSET" } },
      409,
    ],
    ["a reference to nothing", { address: "$9/Files", body: { Name: "x" } }, 400],
    ["a read among the changes", { address: "Assets", method: "GET" }, 400],
    ["a method that is not offered", { address: "MediaProcessors", body: {} }, 405],
    [
      "an answer in no form that is offered",
      { address: "Assets", headers: ["Accept: image/png"], body: "{}" },
      406,
    ],
    [
      "a delete of what is not there",
      {
        address: `Files('nb:cid:UUID:${"0".repeat(8)}-0000-0000-0000-000000000000')`,
        method: "DELETE",
      },
      404,
    ],
    ["a job that is refused", { address: "Jobs", body: { Name: "no tasks" } }, 400],
    ["an Id that is used twice", { id: "a", address: "Assets", body: {} }, 400],
  ] as const) {
    it(`leaves nothing of a changeset with ${why}, and answers with one error`, async () => {
      const name = `undone: ${why}`;
      const body =
        "body" in last && typeof last.body === "object" && "ParentAssetId" in last.body
          ? { ...last.body, ParentAssetId: assetId }
          : "body" in last
            ? last.body
            : undefined;
      const reply = await send([
        changeset(
          { id: "a", address: "Assets", body: { Name: name } },
          { id: "f", address: "$a/Files", body: { Name: "one.mp4" } },
          {
            id: "m",
            address: `Assets('${assetId}')`,
            method: "MERGE",
            body: { AlternateId: "lost", Name: "lost" },
          },
          { id: "z", ...last, body },
        ),
        query({ address: "MediaProcessors" }),
      ]);
      assert.equal(reply.status, 202);
      assert.deepEqual(statuses(reply), [status, 200], reply.text);
      assert.match(
        reply.text,
        /boundary=(changesetresponse_\S+)\r\n\r\n--\1\r\nContent-Type: application\/http/,
      );
      assert.deepEqual(await named(name), []);
      assert.deepEqual(
        await api.list("Files?$filter=Name eq 'one.mp4' and IsPrimary eq false"),
        [],
      );
      const kept = (await api.call("GET", `Assets('${assetId}')`)).json.d;
      assert.deepEqual([kept.Name, kept.AlternateId], ["there", "before"]);
    });
  }

  it("deletes in a changeset only when everything else is made", async () => {
    const { Id: doomed } = await api.create("Assets", { Name: "doomed" });
    const remove = { id: "d", address: `Assets('${doomed}')`, method: "DELETE" };
    const failing = { id: "x", address: "AccessPolicies", body: {} };
    assert.deepEqual(statuses(await send([changeset(remove, failing)])), [400]);
    assert.equal((await named("doomed")).length, 1);
    const making = { id: "x", address: "Assets", body: { Name: "instead" } };
    assert.deepEqual(statuses(await send([changeset(remove, making)])), [204, 201]);
    assert.deepEqual([(await named("doomed")).length, (await named("instead")).length], [0, 1]);
  });

  it("refuses two changes in a changeset that could not be taken back", async () => {
    const { Id: kept } = await api.create("Assets", { Name: "kept" });
    const remove = (id: string) => ({ id, address: `Assets('${kept}')`, method: "DELETE" });
    assert.deepEqual(statuses(await send([changeset(remove("1"), remove("2"))])), [400]);
    assert.equal((await named("kept")).length, 1);
  });

  it("makes a job of an asset in Atom, as the Java library sends it", async () => {
    const atom = (properties: string, links = "") =>
      `<?xml version="1.0" encoding="UTF-8"?><a:entry xmlns:a="http://www.w3.org/2005/Atom" xmlns:m="http://schemas.microsoft.com/ado/2007/08/dataservices/metadata" xmlns:d="http://schemas.microsoft.com/ado/2007/08/dataservices">${links}<a:content type="application/xml"><m:properties>${properties}</m:properties></a:content></a:entry>`;
    const headers = [
      "Content-Type: application/atom+xml;type=entry",
      "Accept: application/atom+xml",
    ];
    const link = `<a:link href="${service.apiUrl}/Assets('${assetId}')" rel="http://schemas.microsoft.com/ado/2007/08/dataservices/related/InputMediaAssets" title="InputMediaAssets" type="application/atom+xml;type=feed"/>`;
    const task = `<d:Configuration>Adaptive Streaming</d:Configuration><d:MediaProcessorId>${ENCODER}</d:MediaProcessorId><d:TaskBody>${TASK_BODY.replaceAll("<", "&lt;")}</d:TaskBody>`;
    const reply = await send([
      changeset(
        {
          id: "1",
          address: `${service.apiUrl}Jobs`,
          headers,
          body: atom("<d:Name>atom job</d:Name>", link),
        },
        { id: "2", address: `${service.apiUrl}$1/Tasks`, headers, body: atom(task) },
      ),
    ]);
    assert.deepEqual(statuses(reply), [201, 201], reply.text);
    assert.match(reply.text, /term="Microsoft\.Cloud\.Media\.Vod\.Rest\.Data\.Models\.Task"/);
    const [job] = await api.list("Jobs?$filter=Name eq 'atom job'");
    const inputs = await api.list(`Jobs('${job?.Id}')/InputMediaAssets`);
    assert.deepEqual(
      inputs.map(({ Id }) => Id),
      [assetId],
    );
  });

  for (const [why, body] of [
    ["no parts", "--batch_a--\r\n"],
    ["no end", query({ address: "Assets" })],
    [
      "a part that is no request",
      "--batch_a\r\nContent-Type: application/http\r\n\r\nhello\r\n--batch_a--\r\n",
    ],
    ["an empty changeset", `${changeset()}\r\n--batch_a--\r\n`],
    [
      "more requests than it may have",
      `${query({ address: "Assets" })}\r\n`.repeat(101) + "--batch_a--",
    ],
    [
      "a line break in a Content-ID",
      `${changeset({ id: "a\rSet-Cookie: x", address: "Assets", body: {} })}\r\n--batch_a--\r\n`,
    ],
  ] as const) {
    it(`is refused as a whole with ${why}`, async () => {
      const headers = { "content-type": "multipart/mixed; boundary=batch_a", accept: VERBOSE };
      const reply = await api.call("POST", "$batch", { headers, body });
      assert.equal(reply.status, 400, reply.text);
      assert.ok(reply.json.error.message.value.length > 10);
    });
  }

  it("is not cut at a boundary that begins with its own", async () => {
    const tricky = part("batch_a", {
      method: "GET",
      address: "MediaProcessors",
      body: "x\r\n--batch_abc\r\ny",
    });
    assert.deepEqual(
      statuses(await send([tricky, query({ address: "Assets/$count" })])),
      [200, 200],
    );
  });
});
