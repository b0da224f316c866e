import type { FastifyInstance } from "fastify";
import { BRIEFLY } from "./cache-control";
import { clientAddressOf, type PublishedLookup } from "./published-lookup";

/** Where plug-ins look for the policy before they ask another site for anything. */
const POLICIES = {
  "/clientaccesspolicy.xml": "clientAccessPolicy",
  "/crossdomain.xml": "crossDomainPolicy",
} as const;

/** Serves what the streaming endpoint's `CrossSiteAccessPolicies` say, at the host's root. */
export function crossSitePolicyRoutes(app: FastifyInstance, lookup: PublishedLookup): void {
  for (const [url, policy] of Object.entries(POLICIES)) {
    app.route({
      method: ["GET", "HEAD"],
      url,
      handler: async (request, reply) => {
        const text = await lookup.crossSitePolicy(policy, clientAddressOf(request));
        return reply.type("text/xml; charset=utf-8").header("cache-control", BRIEFLY).send(text);
      },
    });
  }
}
