import type { RegisterResourceRequest } from "@pulumi/pulumi/proto/resource_pb";
import { unsupported } from "../errors";
import type { Goal } from "../deployment/goal";
import type { RunContext } from "../deployment/run-context";
import type { CustomTimeouts } from "../state/resource-state";
import { makeUrn } from "../urn";
import { fromProgram } from "../values/wire";
import { aliasUrnsOf } from "./aliases";
import { parseDuration } from "./duration";

/** @throws EngineError when the request asks for what only the official CLI does. */
export function refuseUnsupported(request: RegisterResourceRequest): void {
  const what = `resource '${request.getName()}' (${request.getType()})`;
  if (request.getRemote()) throw unsupported(`${what} is a component of another program`);
  if (request.getImportid() !== "") throw unsupported(`${what} has the option import`);
  if (request.getReplaceWithList().length > 0)
    throw unsupported(`${what} has the option replaceWith`);
  if (request.hasReplacementTrigger()) {
    throw unsupported(`${what} has the option replacementTrigger`);
  }
  if (request.getPackageref() !== "") throw unsupported(`${what} is of a parameterized package`);
}

/** The URN that a request is for. */
export function urnOfRequest(
  { project, stack }: RunContext,
  request: { getParent(): string; getType(): string; getName(): string },
): string {
  const [parent, type, name] = [request.getParent(), request.getType(), request.getName()];
  return makeUrn({ stack, project, parent, type, name });
}

/** What the program wants, out of its request. */
export function goalOfRequest(context: RunContext, request: RegisterResourceRequest): Goal {
  const urn = urnOfRequest(context, request);
  const goal: Goal = {
    urn,
    type: request.getType(),
    custom: request.getCustom(),
    inputs: fromProgram(request.getObject()),
    version: request.getVersion(),
    aliases: aliasesOf(context, request, urn),
    protect: request.getProtect() ?? false,
    dependencies: request.getDependenciesList(),
    propertyDependencies: propertyDependenciesOf(request),
    additionalSecretOutputs: request.getAdditionalsecretoutputsList(),
    ignoreChanges: request.getIgnorechangesList(),
    replaceOnChanges: request.getReplaceonchangesList(),
    retainOnDelete: request.getRetainondelete() ?? false,
    deletedWith: request.getDeletedwith(),
  };
  if (request.getParent() !== "") goal.parent = request.getParent();
  if (request.getProvider() !== "") goal.provider = request.getProvider();
  if (request.getDeletebeforereplacedefined()) {
    goal.deleteBeforeReplace = request.getDeletebeforereplace();
  }
  const timeouts = timeoutsOf(request);
  if (Object.keys(timeouts).length > 0) goal.customTimeouts = timeouts;
  return goal;
}

function aliasesOf(
  { project, stack, book }: RunContext,
  request: RegisterResourceRequest,
  urn: string,
): string[] {
  const parent = request.getParent();
  return aliasUrnsOf({
    urn,
    stack,
    project,
    parent,
    type: request.getType(),
    name: request.getName(),
    aliases: request.getAliasesList(),
    aliasUrns: request.getAliasurnsList(),
    formerParent: book.formerUrn(parent),
  });
}

function propertyDependenciesOf(request: RegisterResourceRequest): Record<string, string[]> {
  const entries = [...request.getPropertydependenciesMap().entries()];
  return Object.fromEntries(entries.map(([key, urns]) => [key, urns.getUrnsList()]));
}

function timeoutsOf(request: RegisterResourceRequest): CustomTimeouts {
  const timeouts = request.getCustomtimeouts();
  if (timeouts === undefined) return {};
  const all = {
    create: parseDuration(timeouts.getCreate()),
    update: parseDuration(timeouts.getUpdate()),
    delete: parseDuration(timeouts.getDelete()),
    read: parseDuration(timeouts.getRead()),
  };
  return Object.fromEntries(Object.entries(all).filter(([, seconds]) => seconds > 0));
}
