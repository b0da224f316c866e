import { at, listAt, numberAt, type Properties, textAt, type Value } from "../stand-in/properties";
import { declaredQuery } from "./declared-query";
import {
  type DeliveryCondition,
  type DeliveryRule,
  type HeaderAction,
  knownOperators,
  knownVariables,
} from "./delivery-rules";
import type { CacheSettings } from "./cache-settings";

const behaviors: Readonly<Record<string, CacheSettings["behavior"]>> = {
  HonorOrigin: "honor-origin",
  OverrideAlways: "override-always",
  OverrideIfOriginMissing: "override-if-missing",
};

/** Reads one declared rule. */
export function declaredRule(inputs: Properties): DeliveryRule {
  const actions = listAt(inputs, "actions");
  const override = actions.find(
    (action) => textAt(action, "name") === "RouteConfigurationOverride",
  );
  return {
    order: numberAt(inputs, "order") ?? 0,
    conditions: listAt(inputs, "conditions").map(declaredCondition),
    cache:
      override === undefined
        ? undefined
        : declaredCache(at(override, "parameters.cacheConfiguration")),
    headers: actions.flatMap(declaredHeader),
    stops: textAt(inputs, "matchProcessingBehavior") === "Stop",
  };
}

/** What a declared rule asks for that the edge doesn't do; empty when it obeys it whole. */
export function unknownParts(inputs: Properties): string[] {
  const actions = listAt(inputs, "actions").flatMap((action) => {
    const name = textAt(action, "name") ?? "";
    return obeyedActions.has(name) ? [] : [`action ${name}`];
  });
  const conditions = listAt(inputs, "conditions")
    .map(declaredCondition)
    .flatMap(({ variable, operator }) => [
      ...(knownVariables.has(variable) ? [] : [`condition ${variable}`]),
      ...(knownOperators.has(operator) ? [] : [`operator ${operator}`]),
    ]);
  return [...actions, ...conditions];
}

const obeyedActions: ReadonlySet<string> = new Set([
  "RouteConfigurationOverride",
  "ModifyRequestHeader",
  "ModifyResponseHeader",
]);

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

function declaredCache(configuration: Value | undefined): CacheSettings | "none" {
  if (configuration === undefined || configuration === null) return "none";
  return {
    behavior: behaviors[textAt(configuration, "cacheBehavior") ?? ""] ?? "honor-origin",
    durationMs: durationMs(textAt(configuration, "cacheDuration")),
    query: declaredQuery(configuration),
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
