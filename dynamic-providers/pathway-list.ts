import type { CustomResourceOptions } from "@pulumi/pulumi";
import type { PathwayListInputs } from "./operations/pathway-list";
import { operationResource, type ResourceArgs } from "./operation-resource";

/** What {@link PathwayList} needs to know. */
export type PathwayListArgs = ResourceArgs<PathwayListInputs>;

/** The ways to the library, told to a data center's media service. */
export class PathwayList extends operationResource("pathway-list", "PathwayList") {
  constructor(name: string, args: PathwayListArgs, opts?: CustomResourceOptions) {
    super(name, { ...args, version: 2 }, opts);
  }
}
