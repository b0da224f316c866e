"use strict";

/** Who may import whom: the house plan of docs/ARCHITECTURE.md, as rules. */

const forbid = (name, comment, from, to) => ({ name, comment, severity: "error", from, to });

/** Layers of the media service, innermost first; a layer sees itself and those listed. */
const layers = {
  domain: [],
  ports: ["domain"],
  odata: ["domain/errors"],
  packaging: ["domain/errors"],
  services: ["domain", "ports", "odata"],
  storage: ["domain", "ports", "odata"],
  notifications: ["domain", "ports"],
  authority: ["domain", "ports"],
  api: ["domain", "ports", "services", "odata"],
  origin: ["domain", "ports", "services", "packaging"],
  worker: ["domain", "ports", "services", "packaging"],
};

/** A folder, or one file of it, as a part of a pattern. */
const part = (name) => (name.includes("/") ? `${name}\\.ts` : `${name}/`);

const houses = {
  "media-service": [],
  engine: [],
  "dynamic-providers": [],
  components: ["dynamic-providers"],
  // Where regions lie: policies and the edge go by one table.
  "local-cloud": ["dynamic-providers", "policy/region-distance"],
  drill: ["dynamic-providers"],
  policy: [],
};

module.exports = {
  forbidden: [
    forbid("no-cycles", "A cycle has no first file to read.", {}, { circular: true }),
    forbid(
      "no-unlisted-packages",
      "What is imported is listed in package.json.",
      {
        path: "^(components|drill|dynamic-providers|engine|local-cloud|media-service|index)",
        // Real players are an extra of the drill, loaded only where they are installed.
        pathNot: "^drill/viewers/browser-viewers",
      },
      {
        dependencyTypes: ["npm-dev", "npm-no-pkg", "unknown", "undetermined"],
      },
    ),
    forbid(
      "nothing-imports-tests",
      "The product does not know its tests.",
      { pathNot: "^(test|bench)/" },
      { path: "^(test|bench)/" },
    ),
    ...Object.entries(layers).map(([layer, below]) =>
      forbid(
        `media-service-${layer}`,
        `media-service/${layer} imports only ${below.join(", ") || "itself"}.`,
        { path: `^media-service/${layer}/` },
        {
          path: "^media-service/",
          pathNot: `^media-service/(${[layer, ...below].map(part).join("|")})`,
        },
      ),
    ),
    ...Object.entries(houses).map(([house, others]) =>
      forbid(
        `house-${house}`,
        `${house} imports only ${others.join(", ") || "itself"}.`,
        { path: `^${house}/` },
        {
          path: "^(components|drill|dynamic-providers|engine|local-cloud|media-service|player|policy)/",
          pathNot: `^(${[house, ...others].map(part).join("|")})`,
        },
      ),
    ),
    forbid(
      "stubs-only",
      "A dynamic resource's declaration may take types from its operation, never code: Pulumi would put it into the state.",
      { path: "^dynamic-providers/[^/]+\\.ts$" },
      { path: "^dynamic-providers/operations/", dependencyTypesNot: ["type-only"] },
    ),
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["require", "node", "default", "types"],
    },
    tsConfig: { fileName: "tsconfig.json" },
    exclude: { path: "^(node_modules|\\.twinstream)/" },
  },
};
