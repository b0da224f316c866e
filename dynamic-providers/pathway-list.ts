import { type CustomResourceOptions, dynamic } from "@pulumi/pulumi";
import type { PathwayListInputs } from "./operations/pathway-list";
import { providerStub, type ResourceArgs } from "./provider-stub";

/** What {@link PathwayList} needs to know. */
export type PathwayListArgs = ResourceArgs<PathwayListInputs>;

/** The ways to the library, told to a data center's media service. */
export class PathwayList extends dynamic.Resource {
  constructor(name: string, args: PathwayListArgs, opts?: CustomResourceOptions) {
    super(
      providerStub("pathway-list"),
      name,
      { ...args, version: 2 },
      opts,
      "twinstream",
      "PathwayList",
    );
  }
}
