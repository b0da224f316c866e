"use strict";

// Preloaded into the program by Pulumi.yaml, whichever deployer runs it.
require("../engine/children/lazy-sdk.cjs");
require("./read-typescript.cjs").readTypeScript();
