import { strict as assert } from "node:assert";
import { describe, it } from "mocha";
import { declaredRule, unknownParts } from "../../../local-cloud/edge/declared-rule";
import { DeliveryRules, type RuleOutcome } from "../../../local-cloud/edge/delivery-rules";
import type { RuleRequest } from "../../../local-cloud/edge/rule-variables";
import { originUrl, redirectLocation } from "../../../local-cloud/edge/url-actions";
import { changedHeaders } from "../../../local-cloud/edge/message-headers";
import type { Properties, Value } from "../../../local-cloud/stand-in/properties";

const request: RuleRequest = {
  method: "POST",
  url: "/Library/Film%20One.ism/Manifest.mpd?token=abc&x=1",
  headers: {
    host: "127.0.0.1:27180",
    "user-agent": "Mozilla/5.0 (iPhone)",
    cookie: "a=1; session=xyz",
    "x-forwarded-for": "203.0.113.7, 10.0.0.1",
  },
  httpVersion: "1.1",
  clientAddress: "127.0.0.1",
  clientPort: 50_000,
  serverPort: 27_180,
  body: "user=ada&role=admin",
};

const condition = (name: string, parameters: Properties): Value => ({ name, parameters });
const action = (name: string, parameters: Properties): Value => ({ name, parameters });

function outcome(...rules: Properties[]): RuleOutcome {
  return new DeliveryRules(rules.map(declaredRule)).apply(request, undefined);
}

/** Whether the request meets a condition, told by what a rule then does. */
function meets(name: string, parameters: Properties): boolean {
  const rule = {
    conditions: [condition(name, parameters)],
    actions: [action("ModifyResponseHeader", { headerName: "met", value: "yes" })],
  };
  assert.deepEqual(unknownParts(rule), []);
  return outcome(rule).responseHeaders.length === 1;
}

describe("Front Door's rules", () => {
  for (const [name, parameters] of [
    ["UrlPath", { operator: "BeginsWith", matchValues: ["/Library"] }],
    [
      "UrlPath",
      { operator: "Contains", matchValues: ["film one"], transforms: ["UrlDecode", "Lowercase"] },
    ],
    [
      "UrlPath",
      { operator: "Wildcard", matchValues: ["library/*/manifest*"], transforms: ["Lowercase"] },
    ],
    ["UrlPath", { operator: "RegEx", matchValues: ["\\.ism/\\w+\\.mpd$"] }],
    ["UrlFileName", { operator: "Equal", matchValues: ["Manifest.mpd"] }],
    ["UrlFileExtension", { operator: "Equal", matchValues: ["m3u8", "mpd"] }],
    ["UrlFileExtension", { operator: "LessThan", matchValues: ["4"] }],
    ["QueryString", { operator: "EndsWith", matchValues: ["x=1"] }],
    ["RequestUri", { operator: "BeginsWith", matchValues: ["http://127.0.0.1:27180/"] }],
    ["RequestMethod", { operator: "Equal", matchValues: ["GET", "POST"] }],
    ["RequestScheme", { operator: "Equal", matchValues: ["HTTP"] }],
    ["RequestHeader", { operator: "Contains", selector: "User-Agent", matchValues: ["iPhone"] }],
    ["RequestHeader", { operator: "Any", selector: "Accept", negateCondition: true }],
    ["RequestBody", { operator: "Contains", matchValues: ["admin"] }],
    [
      "PostArgs",
      { operator: "Equal", selector: "user", matchValues: ["ADA"], transforms: ["Uppercase"] },
    ],
    ["Cookies", { operator: "Equal", selector: "session", matchValues: ["xyz"] }],
    ["HostName", { operator: "Equal", matchValues: ["127.0.0.1"] }],
    ["HttpVersion", { operator: "Equal", matchValues: ["1.1"] }],
    ["IsDevice", { operator: "Equal", matchValues: ["Mobile"] }],
    ["RemoteAddress", { operator: "IPMatch", matchValues: ["203.0.113.0/24"] }],
    ["SocketAddr", { operator: "IPMatch", matchValues: ["10.0.0.0/8", "127.0.0.1"] }],
    ["SocketAddr", { operator: "IPMatch", matchValues: ["::1"], negateCondition: true }],
    ["ClientPort", { operator: "Equal", matchValues: ["50000"] }],
    ["ServerPort", { operator: "GreaterThanOrEqual", matchValues: ["5"] }],
    ["SslProtocol", { operator: "Equal", matchValues: ["TLSv1.2"], negateCondition: true }],
  ] as [string, Properties][]) {
    it(`obey a condition on ${name}: ${JSON.stringify(parameters)}`, () => {
      const negated = { ...parameters, negateCondition: parameters["negateCondition"] !== true };

      assert(meets(name, parameters));
      assert(!meets(name, negated));
    });
  }

  it("say what they can't obey, and never apply then", () => {
    const rule = {
      conditions: [
        condition("RemoteAddress", { operator: "GeoMatch", matchValues: ["DE"] }),
        condition("UrlPath", { operator: "RegEx", matchValues: ["("] }),
      ],
      actions: [
        action("UrlSigning", {}),
        action("UrlRedirect", { redirectType: "Moved", destinationProtocol: "Https" }),
      ],
    };

    assert.deepEqual(unknownParts(rule), [
      "action UrlSigning",
      "the redirect to https, which nothing here speaks,",
      "operator GeoMatch",
      "the regular expression (, which can't be read,",
    ]);
    assert.equal(outcome(rule).redirect, undefined);
  });

  it("apply one after the other, until one says stop", () => {
    const sets = (value: string, behaviour = "Continue"): Properties => ({
      matchProcessingBehavior: behaviour,
      actions: [
        action("ModifyResponseHeader", { headerAction: "Append", headerName: "X-A", value }),
      ],
    });

    const { responseHeaders } = outcome(sets("1"), sets("2", "Stop"), sets("3"));

    assert.deepEqual(changedHeaders({ "x-a": "0" }, responseHeaders, request), { "x-a": "012" });
  });

  it("change headers, with what the server knows filled in", () => {
    const { requestHeaders } = outcome({
      actions: [
        action("ModifyRequestHeader", {
          headerName: "X-From",
          value: "{client_ip} {http_method} {url_path:0:7} {query_string:-3} {else}",
        }),
        action("ModifyRequestHeader", { headerAction: "Delete", headerName: "Cookie" }),
      ],
    });

    assert.deepEqual(changedHeaders({ cookie: "a" }, requestHeaders, request), {
      "x-from": "203.0.113.7 POST Library x=1 {else}",
    });
  });

  it("override caching, compression and the origin group", () => {
    const { cache, groupId } = outcome({
      actions: [
        action("RouteConfigurationOverride", {
          originGroupOverride: { originGroup: { id: "/Groups/Other" } },
          cacheConfiguration: {
            cacheBehavior: "OverrideIfOriginMissing",
            cacheDuration: "1.02:00:03",
            queryStringCachingBehavior: "IncludeSpecifiedQueryStrings",
            queryParameters: "a,b",
            isCompressionEnabled: "Enabled",
          },
        }),
      ],
    });

    assert.equal(groupId, "/groups/other");
    assert.deepEqual(cache, {
      behavior: "override-if-missing",
      durationMs: 93_603_000,
      query: { mode: "include-specified", parameters: ["a", "b"] },
      compress: true,
    });
  });

  it("redirect, keeping what they don't name", () => {
    const redirect = (parameters: Properties): string => {
      const found = outcome({ actions: [action("UrlRedirect", parameters)] }).redirect;
      assert(found);
      return `${found.status} ${redirectLocation(found, request)}`;
    };

    assert.equal(
      redirect({ redirectType: "PermanentRedirect", customPath: "/new/{url_path:8}" }),
      "308 http://127.0.0.1:27180/new/Film%20One.ism/Manifest.mpd?token=abc&x=1",
    );
    assert.equal(
      redirect({
        redirectType: "Found",
        destinationProtocol: "Https",
        customHostname: "example.org",
        customPath: "/x",
        customQueryString: "from={hostname}",
        customFragment: "top",
      }),
      "302 https://example.org/x?from=127.0.0.1#top",
    );
  });

  for (const [what, { pattern, originPath = "", rewrite, url, expected }] of [
    ["nothing changes", { pattern: "/", url: "/a/b?c", expected: "/a/b?c" }],
    [
      "an origin path takes the pattern's place",
      { pattern: "/foo/", originPath: "/fwd/", url: "/foo/a/b/?c", expected: "/fwd/a/b/?c" },
    ],
    [
      "an origin path stands for an exact pattern",
      { pattern: undefined, originPath: "/fwd/", url: "/foo?c", expected: "/fwd/?c" },
    ],
    [
      "a rewrite keeps the rest",
      {
        pattern: "/",
        rewrite: ["/sub/", "/foo/", true],
        url: "/sub/image/1.jpg",
        expected: "/foo/image/1.jpg",
      },
    ],
    [
      "a rewrite of everything",
      {
        pattern: "/",
        rewrite: ["/", "/foo/", true],
        url: "/sub/1.jpg",
        expected: "/foo/sub/1.jpg",
      },
    ],
    [
      "a rewrite drops the rest",
      {
        pattern: "/",
        rewrite: ["/sub/", "/foo/2.jpg", false],
        url: "/sub/1.jpg",
        expected: "/foo/2.jpg",
      },
    ],
    [
      "a rewrite starts behind the pattern",
      {
        pattern: "/media/",
        rewrite: ["/a/", "/b/", true],
        url: "/media/a/c",
        expected: "/media/b/c",
      },
    ],
    [
      "both",
      {
        pattern: "/media/",
        originPath: "/",
        rewrite: ["/a/", "/b/", true],
        url: "/Media/a/c",
        expected: "/b/c",
      },
    ],
    [
      "a rewrite that doesn't fit",
      { pattern: "/", rewrite: ["/x/", "/b/", true], url: "/a/c", expected: "/a/c" },
    ],
  ] as [
    string,
    {
      pattern?: string;
      originPath?: string;
      rewrite?: [string, string, boolean];
      url: string;
      expected: string;
    },
  ][]) {
    it(`ask the origin for the right path when ${what}`, () => {
      const path = originUrl(
        { ...request, url },
        {
          prefix: pattern,
          originPath,
          rewrite: rewrite && {
            source: rewrite[0],
            destination: rewrite[1],
            keepsRest: rewrite[2],
          },
        },
      );

      assert.equal(path, expected);
    });
  }
});
