import { strict as assert } from "node:assert";
import { describe, it } from "mocha";
import { BearerToken } from "../../../media-service/storage/bearer-token";
import { DelegatedSignatures } from "../../../media-service/storage/delegated-signatures";

const MINUTE = 60_000;
const DAY = 1440 * MINUTE;
const START = Date.UTC(2026, 0, 1);

/** A store that makes delegation keys, and the time that it and its client go by. */
function delegating() {
  const time = { now: START };
  const asked: { from: number; until: number }[] = [];
  const store = {
    fails: false,
    getUserDelegationKey(startsOn: Date, signedExpiresOn: Date) {
      asked.push({ from: startsOn.getTime(), until: signedExpiresOn.getTime() });
      if (store.fails) return Promise.reject(new Error("the store is away"));
      return Promise.resolve({
        ...{ signedObjectId: "oid", signedTenantId: "tid", signedService: "b" },
        ...{ signedStartsOn: startsOn, signedExpiresOn, signedVersion: "2025-11-05" },
        value: Buffer.from(`key ${asked.length}`).toString("base64"),
      });
    },
  };
  const clock = { now: () => new Date(time.now) };
  // Only what is signed with counts here; the answer's other members are never read.
  const service = store as unknown as ConstructorParameters<typeof DelegatedSignatures>[1];
  const signatures = new DelegatedSignatures("account", service, clock);
  const sign = async (lifeMs: number) => {
    const expiresOn = new Date(time.now + lifeMs);
    const query = await signatures.sign("c", { policyName: "p", permissions: "r", expiresOn });
    return new URLSearchParams(query);
  };
  return { time, asked, store, sign };
}

describe("signatures by a user-delegation key", () => {
  it("share one key, which ends within what the store allows of its own clock", async () => {
    const { asked, sign } = delegating();
    await Promise.all([sign(DAY), sign(2 * DAY)]);
    await sign(6 * DAY);
    assert.equal(asked.length, 1);
    const [{ from, until } = { from: 0, until: 0 }] = asked;
    assert(from < START && until < START + 7 * DAY && until - from <= 7 * DAY);
  });

  it("end with the grant, or minutes earlier when it is for all of seven days", async () => {
    const { sign } = delegating();
    const end = async (lifeMs: number) => Date.parse((await sign(lifeMs)).get("se") ?? "") - START;
    assert.equal(await end(3 * DAY), 3 * DAY);
    assert.equal(await end(7 * DAY), 7 * DAY - 5 * MINUTE);
  });

  it("take a new key when the old one ends before the grant", async () => {
    const { time, asked, sign } = delegating();
    await sign(7 * DAY);
    await sign(7 * DAY);
    assert.equal(asked.length, 1);
    time.now += 2 * MINUTE;
    const { now } = time;
    const end = Date.parse((await sign(7 * DAY)).get("se") ?? "");
    assert.deepEqual([asked.length, end - now], [2, 7 * DAY - 5 * MINUTE]);
  });

  it("take a new key after an hour, for somebody may have ended all", async () => {
    const { time, asked, sign } = delegating();
    const before = (await sign(DAY)).get("sig");
    time.now += 61 * MINUTE;
    assert.notEqual((await sign(DAY)).get("sig"), before);
    assert.equal(asked.length, 2);
  });

  it("go on with a key that lasts while the store gives no other", async () => {
    const { time, store, sign } = delegating();
    await sign(DAY);
    store.fails = true;
    time.now += 61 * MINUTE;
    assert((await sign(DAY)).get("sig"));
    await assert.rejects(sign(7 * DAY), /the store is away/);
    store.fails = false;
    assert((await sign(7 * DAY)).get("sig"));
  });
});

describe("a token for the store", () => {
  const issuing = (lifeMs: number) => {
    const time = { now: START };
    const state = { fails: false, asked: 0 };
    const clock = { now: () => new Date(time.now) };
    const identity = {
      getToken() {
        state.asked += 1;
        if (state.fails) return Promise.reject(new Error("no endpoint"));
        const expiresOnTimestamp = time.now + lifeMs;
        return Promise.resolve({ token: `t${state.asked}`, expiresOnTimestamp });
      },
    };
    return { time, state, token: new BearerToken(identity, clock) };
  };

  it("is asked for once by many readers, and renewed before its end", async () => {
    const { time, state, token } = issuing(60 * MINUTE);
    assert.deepEqual(await Promise.all([token.current(), token.current()]), ["t1", "t1"]);
    time.now += 51 * MINUTE;
    assert.equal(await token.current(), "t1", "nobody waits for the renewal");
    await new Promise(setImmediate);
    assert.equal(await token.current(), "t2");
    assert.equal(state.asked, 2);
  });

  it("is used to its end while no other is to be had, and not asked for at every read", async () => {
    const { time, state, token } = issuing(60 * MINUTE);
    await token.current();
    state.fails = true;
    time.now += 59.5 * MINUTE;
    assert.equal(await token.current(), "t1");
    assert.equal(await token.current(), "t1");
    assert.equal(state.asked, 2);
    time.now += MINUTE;
    assert.equal(await token.current(), undefined);
    state.fails = false;
    time.now += MINUTE;
    assert.equal(await token.current(), "t4");
  });
});
