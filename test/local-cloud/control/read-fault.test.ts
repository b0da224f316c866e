import { strict as assert } from "node:assert";
import { describe, it } from "mocha";
import { readFault } from "../../../local-cloud/control/read-fault";

const network = { target: "east", what: "network" };

describe("what the control API takes for a fault", () => {
  for (const [body, fault] of [
    [
      { action: "slow", latencyMs: 500 },
      { action: "slow", latencyMs: 500 },
    ],
    [
      { action: "fail", status: 503 },
      { action: "fail", status: 503 },
    ],
    [
      { action: "fail", status: 503, paths: "/a" },
      { action: "fail", status: 503, paths: "/a" },
    ],
    [{ action: "hang" }, { action: "hang" }],
    [
      { action: "cut", afterBytes: 0 },
      { action: "cut", afterBytes: 0 },
    ],
    [{ action: "restore" }, undefined],
  ] as const) {
    it(`is ${JSON.stringify(body)} of a network`, () => {
      assert.deepEqual(readFault({ ...network, ...body }), { ...network, fault });
    });
  }

  it("is an action on a process", () => {
    const body = { target: "east", what: "store", action: "kill" };

    assert.deepEqual(readFault(body), body);
  });

  for (const [body, message] of [
    [undefined, "send a JSON object such as {target, what, action}"],
    [{}, "target must be the name of a data center, got nothing"],
    [{ target: "east" }, "what must be one of service, store, network, got nothing"],
    [
      { target: "east", what: "store", action: "slow" },
      'action must be one of kill, stop, continue, restore, got "slow"',
    ],
    [
      { ...network, action: "kill" },
      'action must be one of slow, fail, hang, cut, restore, got "kill"',
    ],
    [
      { ...network, action: "slow", latencyMs: "500" },
      'latencyMs must be a whole number from 0 to 86400000, got "500"',
    ],
    [
      { ...network, action: "fail", status: 404 },
      "status must be a whole number from 500 to 599, got 404",
    ],
    [
      { ...network, action: "fail", status: 503, paths: "(" },
      "paths can't be read: Invalid regular expression: /(/: Unterminated group",
    ],
    [
      { ...network, action: "hang", latencyMs: 1 },
      "latencyMs means nothing to this action of this part; leave it out",
    ],
  ] as const) {
    it(`is not ${JSON.stringify(body)}`, () => {
      assert.throws(() => readFault(body), { name: "BadFaultError", message });
    });
  }
});
