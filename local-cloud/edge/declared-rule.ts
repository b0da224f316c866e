import { at, listAt, numberAt, type Properties, textAt, type Value } from "../stand-in/properties";
import type { CacheSettings } from "./cache-settings";
import { declaredQuery } from "./declared-query";
import type { DeliveryRule, HeaderAction } from "./delivery-rules";
import { type DeliveryCondition, unobeyedOf } from "./rule-conditions";
import type { UrlRedirect, UrlRewrite } from "./url-actions";

const behaviors: Readonly<Record<string, CacheSettings["behavior"]>> = {
  HonorOrigin: "honor-origin",
  OverrideAlways: "override-always",
  OverrideIfOriginMissing: "override-if-missing",
};

const redirectStatuses: Readonly<Record<string, UrlRedirect["status"]>> = {
  Moved: 301,
  Found: 302,
  TemporaryRedirect: 307,
  PermanentRedirect: 308,
};

/** Reads one declared rule. */
export function declaredRule(inputs: Properties): DeliveryRule {
  const actions = listAt(inputs, "actions");
  const named = (name: string): Value | undefined =>
    actions.find((action) => textAt(action, "name") === name);
  const override = named("RouteConfigurationOverride");
  return {
    order: numberAt(inputs, "order") ?? 0,
    conditions: listAt(inputs, "conditions").map(declaredCondition),
    cache: override === undefined ? undefined : declaredCache(override),
    groupId: textAt(override, "parameters.originGroupOverride.originGroup.id")?.toLowerCase(),
    redirect: declaredRedirect(named("UrlRedirect")),
    rewrite: declaredRewrite(named("UrlRewrite")),
    headers: actions.flatMap(declaredHeader),
    stops: textAt(inputs, "matchProcessingBehavior") === "Stop",
  };
}

/** What a declared rule asks for that the edge doesn't do; empty when it obeys it whole. */
export function unknownParts(inputs: Properties): string[] {
  const actions = listAt(inputs, "actions").flatMap(unobeyedAction);
  const conditions = listAt(inputs, "conditions").map(declaredCondition).flatMap(unobeyedOf);
  return [...actions, ...conditions];
}

const obeyedActions: ReadonlySet<string> = new Set([
  "RouteConfigurationOverride",
  "ModifyRequestHeader",
  "ModifyResponseHeader",
  "UrlRedirect",
  "UrlRewrite",
]);

function unobeyedAction(action: Value): string[] {
  const name = textAt(action, "name") ?? "";
  if (isRedirectToTls(action)) return ["the redirect to https, which nothing here speaks,"];
  return obeyedActions.has(name) ? [] : [`action ${name}`];
}

/** A redirect of the edge's own host to https would lead nowhere on this machine. */
function isRedirectToTls(action: Value): boolean {
  return (
    textAt(action, "name") === "UrlRedirect" &&
    textAt(action, "parameters.destinationProtocol") === "Https" &&
    textAt(action, "parameters.customHostname") === undefined
  );
}

function declaredCondition(condition: Value): DeliveryCondition {
  return {
    variable: textAt(condition, "name") ?? "",
    operator: textAt(condition, "parameters.operator") ?? "Any",
    values: listAt(condition, "parameters.matchValues").map(String),
    negate: at(condition, "parameters.negateCondition") === true,
    transforms: listAt(condition, "parameters.transforms").map(String),
    selector: textAt(condition, "parameters.selector") ?? "",
  };
}

/** An override without caching switches it off, unless it is about the origin group alone. */
function declaredCache(override: Value): CacheSettings | "none" | undefined {
  const configuration = at(override, "parameters.cacheConfiguration");
  if (configuration === undefined || configuration === null) {
    return at(override, "parameters.originGroupOverride") === undefined ? "none" : undefined;
  }
  return {
    behavior: behaviors[textAt(configuration, "cacheBehavior") ?? ""] ?? "honor-origin",
    durationMs: durationMs(textAt(configuration, "cacheDuration")),
    query: declaredQuery(configuration),
    compress: textAt(configuration, "isCompressionEnabled") === "Enabled",
  };
}

function declaredRedirect(action: Value | undefined): UrlRedirect | undefined {
  if (action === undefined || isRedirectToTls(action)) return undefined;
  return {
    status: redirectStatuses[textAt(action, "parameters.redirectType") ?? ""] ?? 302,
    protocol: textAt(action, "parameters.destinationProtocol") === "Https" ? "https" : "http",
    host: textAt(action, "parameters.customHostname"),
    path: textAt(action, "parameters.customPath"),
    query: textAt(action, "parameters.customQueryString"),
    fragment: textAt(action, "parameters.customFragment"),
  };
}

function declaredRewrite(action: Value | undefined): UrlRewrite | undefined {
  if (action === undefined) return undefined;
  return {
    source: textAt(action, "parameters.sourcePattern") ?? "/",
    destination: textAt(action, "parameters.destination") ?? "/",
    keepsRest: at(action, "parameters.preserveUnmatchedPath") === true,
  };
}

/** `d.hh:mm:ss` or `hh:mm:ss` in milliseconds. */
function durationMs(text: string | undefined): number | undefined {
  const match = /^(?:(\d+)\.)?(\d+):(\d+):(\d+)$/.exec(text ?? "");
  if (match === null) return undefined;
  const [days = 0, hours = 0, minutes = 0, seconds = 0] = match
    .slice(1)
    .map((part: string | undefined) => Number(part ?? 0));
  return (((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1000;
}

function declaredHeader(action: Value): HeaderAction[] {
  const target = { ModifyRequestHeader: "request", ModifyResponseHeader: "response" } as const;
  const kind = textAt(action, "name") ?? "";
  if (kind !== "ModifyRequestHeader" && kind !== "ModifyResponseHeader") return [];
  const verb = (textAt(action, "parameters.headerAction") ?? "Overwrite").toLowerCase();
  return [
    {
      target: target[kind],
      action: verb === "append" || verb === "delete" ? verb : "overwrite",
      name: textAt(action, "parameters.headerName") ?? "",
      value: textAt(action, "parameters.value") ?? "",
    },
  ];
}
