import { PolicyPack } from "@pulumi/policy";
import { rules } from "./rules";

// Started by the Pulumi CLI (`--policy-pack policy`), which asks it about every resource.
new PolicyPack("twinstream", { enforcementLevel: "mandatory", policies: rules });
