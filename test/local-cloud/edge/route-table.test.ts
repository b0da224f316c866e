import { strict as assert } from "node:assert";
import { describe, it } from "mocha";
import { RouteTable } from "../../../local-cloud/edge/route-table";
import { endpointOver } from "./toy-origin";

describe("Front Door's routes", () => {
  const [route] = endpointOver([]).routes;
  assert(route);
  const table = new RouteTable([
    { ...route, name: "all", patterns: ["/*"] },
    { ...route, name: "users", patterns: ["/users/*", "/People/*"] },
    { ...route, name: "deep", patterns: ["/users/a/*"] },
    { ...route, name: "file", patterns: ["/users/a/file.gif"] },
  ]);

  for (const [path, name, prefix] of [
    ["/", "all", "/"],
    ["/usersandmore", "all", "/"],
    ["/users", "users", "/users/"],
    ["/users/b", "users", "/users/"],
    ["/people/b", "users", "/people/"],
    ["/USERS/A/b/c", "deep", "/users/a/"],
    ["/users/a/file.gif", "file", undefined],
  ] as const) {
    it(`lead ${path} to "${name}", an exact path before the longest wildcard`, () => {
      const match = table.find(path);

      assert.deepEqual([match?.route.settings.name, match?.prefix], [name, prefix]);
    });
  }

  it("lead nowhere where none fits", () => {
    assert.equal(new RouteTable([{ ...route, patterns: ["/a/*"] }]).find("/b"), undefined);
  });
});
