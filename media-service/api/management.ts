import type { FastifyInstance, FastifyRequest } from "fastify";
import { MAX_PATHWAYS_BYTES, parsePathways, PATHWAYS_BLOB } from "../domain/pathways";
import type { BlobStore } from "../ports/blob-store";
import type { Clock } from "../ports/clock";
import type { ApiAccess } from "../services/api-access";
import { errorAnswer } from "./error-response";

/** What the management routes need. */
export interface ManagementDeps {
  readonly access: ApiAccess;
  readonly clock: Clock;
  readonly blobs: BlobStore;
}

const PATH = "/management/pathways";

/**
 * Routes for the deployment, beside the entities of the REST API and with the same tokens: the ways to
 * the library. A deployment has no business in the store itself.
 */
export function registerManagement(app: FastifyInstance, deps: ManagementDeps): void {
  const { access, clock, blobs } = deps;
  void app.register((routes, _options, done) => {
    routes.removeAllContentTypeParsers();
    routes.addContentTypeParser("*", { parseAs: "string" }, (_request, body, parsed) => {
      parsed(null, body);
    });
    routes.addHook("onRequest", (request) =>
      access.check(request.headers.authorization, clock.now()),
    );
    routes.setErrorHandler((error, request, reply) => {
      const { status, message } = errorAnswer(error);
      if (status >= 500) request.log.error({ err: error }, "request failed");
      void reply
        .code(status)
        .send({ error: { code: "", message: { lang: "en-US", value: message } } });
    });
    routes.get(PATH, async (_request, reply) => {
      const { sizeBytes, etag } = await blobs.properties(PATHWAYS_BLOB);
      const text = await blobs.readRange(PATHWAYS_BLOB, { offset: 0, sizeBytes, etag });
      return reply.header("content-type", "application/json").send(text);
    });
    routes.put(PATH, { bodyLimit: MAX_PATHWAYS_BYTES }, async (request, reply) => {
      await writePathways(blobs, request);
      return reply.code(204).send();
    });
    routes.delete(PATH, async (_request, reply) => {
      // Not the container: Azure refuses to make one anew within half a minute of its end.
      await blobs.delete(PATHWAYS_BLOB);
      return reply.code(204).send();
    });
    done();
  });
}

async function writePathways(blobs: BlobStore, { body }: FastifyRequest): Promise<void> {
  const pathways = parsePathways(typeof body === "string" ? body : "");
  const text = Buffer.from(JSON.stringify({ pathways }, null, 2));
  await blobs.createContainer(PATHWAYS_BLOB.container);
  await blobs.write(PATHWAYS_BLOB, text, { contentType: "application/json" });
}
