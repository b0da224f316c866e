import type { Sample } from "../../policy/apply-rule";
import type { Deployment } from "../components/deploy";

/** The resources of a program, as they would be once they are deployed. */
export function deployed({ resources, states }: Deployment): Sample[] {
  return resources.map(({ type, name, inputs, parent, after }) => ({
    ...{ type, name, parent, after },
    props: { ...inputs, ...states[`${type} ${name}`] },
  }));
}
