import { brokenRules, withName } from "./check";
import { type Finding, pathText, type Problem, problemOf } from "./finding";
import type { KindTable } from "./kinds/known-kinds";
import { type Properties, reveal } from "./properties";
import type { ResourceName } from "./resource-id";
import { installedTypes } from "./tables/installed-types";
import { misfitsOf } from "./tables/misfits";

/** The inputs that are used, and everything that is wrong with them. */
export interface Checked {
  inputs: Properties;
  problems: Problem[];
}

/**
 * Holds a declaration against the types that the installed package declares, and against what Azure
 * asks beyond them where the kind is known. What a preview doesn't know passes.
 */
export function checkDeclaration(
  kinds: KindTable,
  resource: ResourceName,
  news: Properties,
): Checked {
  const declaration = kinds.get(resource.type)?.declaration;
  const inputs = declaration === undefined ? news : withName(declaration, resource, news);
  const clear = reveal(inputs);
  const types = installedTypes(resource.type);
  const fields = types.argumentsOf(resource.type);
  if (fields === undefined) {
    return { inputs, problems: [{ property: "", reason: types.whyNot(resource.type) }] };
  }
  const findings = [
    ...misfitsOf(clear, fields),
    ...(declaration === undefined ? [] : brokenRules(declaration, clear)),
  ];
  return { inputs, problems: firstAtEachPlace(findings, inputs) };
}

/** One sentence a place, and none for what is inside of it: what the types say comes first. */
function firstAtEachPlace(findings: readonly Finding[], inputs: Properties): Problem[] {
  const problems = new Map<string, Problem>();
  for (const finding of findings) {
    const onTheWay = finding.path.map((_step, index) => pathText(finding.path.slice(0, index + 1)));
    if (onTheWay.some((place) => problems.has(place))) continue;
    const problem = problemOf(finding, inputs);
    problems.set(problem.property, problem);
  }
  return [...problems.values()];
}
