import type * as pulumi from "@pulumi/pulumi";

/** A data center as those who choose between several see it. */
export interface Origin {
  /** Name of the data center. */
  name: string;
  host: pulumi.Input<string>;
  /** 1 to 5; the lowest that is healthy is asked. */
  priority: number;
}
