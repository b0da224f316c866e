import { strict as assert } from "node:assert";
import { describe, it } from "mocha";
import { changedPaths, diffProperties, equal } from "../../../engine/values/property-diff";
import { formatPath, keepIgnored, overlaps, parsePath } from "../../../engine/values/property-path";
import {
  hasSecret,
  type PropertyMap,
  secretOf,
  Signature,
  SIGNATURE_KEY,
  UNKNOWN,
} from "../../../engine/values/property-value";
import { annotateSecrets } from "../../../engine/values/secretness";
import { forProvider } from "../../../engine/values/wire";

describe("differences of properties", () => {
  for (const { why, olds, news, paths } of [
    { why: "nothing", olds: { a: 1 }, news: { a: 1 }, paths: [] },
    { why: "a null that is not there", olds: { a: null }, news: {}, paths: [] },
    {
      why: "a nested value",
      olds: { a: { b: [1, 2] } },
      news: { a: { b: [1, 3] } },
      paths: ["a.b[1]"],
    },
    { why: "a longer list", olds: { a: [1] }, news: { a: [1, 2] }, paths: ["a[1]"] },
    { why: "another type", olds: { a: [1] }, news: { a: { x: 1 } }, paths: ["a"] },
    { why: "a name with a dot", olds: {}, news: { "a.b": 1 }, paths: ['["a.b"]'] },
    {
      why: "a secret's content",
      olds: { a: secretOf("x") },
      news: { a: secretOf("y") },
      paths: ["a"],
    },
    { why: "being a secret", olds: { a: "x" }, news: { a: secretOf("x") }, paths: ["a"] },
    { why: "the same secret", olds: { a: secretOf("x") }, news: { a: secretOf("x") }, paths: [] },
  ] as { why: string; olds: PropertyMap; news: PropertyMap; paths: string[] }[]) {
    it(`are found by path: ${why}`, () => {
      assert.deepEqual(changedPaths(diffProperties(olds, news)).map(formatPath), paths);
    });
  }

  it("compare assets by their hash, not by where they lie", () => {
    const asset = (path: string, hash: string): PropertyMap => ({
      [SIGNATURE_KEY]: Signature.asset,
      path,
      hash,
    });

    assert.ok(equal(asset("a", "1"), asset("b", "1")));
    assert.ok(!equal(asset("a", "1"), asset("a", "2")));
  });
});

describe("ignored changes", () => {
  for (const { path, expected } of [
    { path: "a", expected: { a: { b: 1, c: [1, 2] }, d: 9 } },
    { path: "a.b", expected: { a: { b: 1, c: [8, 9] }, d: 9 } },
    { path: "a.c[*]", expected: { a: { b: 7, c: [1, 2] }, d: 9 } },
    { path: "a.c[1]", expected: { a: { b: 7, c: [8, 2] }, d: 9 } },
    { path: "d", expected: { a: { b: 7, c: [8, 9] } } },
    { path: "*", expected: { a: { b: 1, c: [1, 2] } } },
  ]) {
    it(`keep the old value at ${path}`, () => {
      const olds = { a: { b: 1, c: [1, 2] } };
      const news = { a: { b: 7, c: [8, 9] }, d: 9 };

      assert.deepEqual(keepIgnored(news, olds, [path]), expected);
      assert.equal(news.a.b, 7, "what was given is not changed");
    });
  }

  it("are matched at, above and below a path, with wildcards", () => {
    assert.ok(overlaps(parsePath("a[*].b"), ["a", 3, "b"]));
    assert.ok(overlaps(parsePath("a"), ["a", 3, "b"]));
    assert.ok(!overlaps(parsePath("a[*].c"), ["a", 3, "b"]));
  });
});

describe("secretness", () => {
  it("comes back to outputs of a secret input's name, at any depth of maps", () => {
    const inputs = { account: { key: secretOf("k"), name: "n" }, list: [secretOf(1)], plain: 1 };
    const outputs = { account: { key: "k", name: "n" }, list: [1], plain: 1, other: "k" };

    const annotated = annotateSecrets(outputs, inputs);

    assert.deepEqual(annotated, {
      account: { key: secretOf("k"), name: "n" },
      list: secretOf([1]),
      plain: 1,
      other: "k",
    });
  });

  it("is taken off for a provider that does not take secrets", () => {
    const reference = { [SIGNATURE_KEY]: Signature.resource, urn: "u", id: "" };
    const shown = forProvider(
      { a: secretOf({ b: secretOf(1) }), reference },
      { secrets: false, resources: false },
    );

    assert.ok(!hasSecret(shown));
    assert.deepEqual(shown, { a: { b: 1 }, reference: UNKNOWN });
  });
});
