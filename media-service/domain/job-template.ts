import { XMLParser } from "fast-xml-parser";
import { InvalidInputError } from "./errors";
import { entityId, guidOf } from "./ids";
import type { Task } from "./task";
import { parseTaskBody } from "./task-body";

/** Media Services v2, "JobTemplate": settings of jobs that are made again and again. */
export interface JobTemplate {
  readonly id: string;
  readonly name: string | null;
  /** XML with a task's body for each task template. */
  readonly body: string;
  readonly numberOfInputAssets: number | null;
  /** 0 the service's own, 1 the account's. */
  readonly templateType: number;
  readonly created: Date;
  readonly lastModified: Date;
}

/** Media Services v2, "TaskTemplate": settings of one task of a job template. */
export interface TaskTemplate extends Pick<
  Task,
  "name" | "configuration" | "mediaProcessorId" | "options" | "encryption"
> {
  /** The client's own choice: the job template's body names it. */
  readonly id: string;
  readonly jobTemplateId: string;
  readonly position: number;
  readonly description: string | null;
  readonly numberOfInputAssets: number;
  readonly numberOfOutputAssets: number;
  readonly created: Date;
  readonly lastModified: Date;
}

const MAX_BODY_LENGTH = 200_000;
const ELEMENT = /<taskBody\b([^>]*)>[^]*?<\/taskBody>/g;
const TEMPLATE_ID = /\s+[tT]askTemplateId\s*=\s*(?:"([^"]*)"|'([^']*)')/;

const parser = new XMLParser({ ignoreAttributes: false });

/**
 * Reads a job template's body: the body of each task, by the id of its task template.
 *
 * @throws InvalidInputError saying what is wrong with it.
 */
export function parseJobTemplateBody(xml: string): ReadonlyMap<string, string> {
  if (xml.length > MAX_BODY_LENGTH) {
    throw new InvalidInputError(`JobTemplateBody may have at most ${MAX_BODY_LENGTH} characters`);
  }
  const text = xml.replace(/^\uFEFF?\s*<\?xml[^>]*\?>/, "").trim();
  checkRoot(text);
  const bodies = new Map<string, string>();
  for (const [element, attributes = ""] of text.matchAll(ELEMENT)) {
    const [attribute = "", double, single] = TEMPLATE_ID.exec(attributes) ?? [];
    const id = entityId("ttid", guidOf("ttid", double ?? single ?? ""));
    if (bodies.has(id)) {
      throw new InvalidInputError(`JobTemplateBody has two tasks of the template '${id}'`);
    }
    const body = element.replace(attribute, "");
    parseTaskBody(body);
    bodies.set(id, body);
  }
  return bodies;
}

function checkRoot(text: string): void {
  // Nothing in a template needs a DOCTYPE, a comment or a CDATA section, in which anything could hide.
  if (text.includes("<!")) {
    throw new InvalidInputError("JobTemplateBody must not have a DOCTYPE, comments or CDATA");
  }
  let root: unknown;
  try {
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- unchecked, a cut-off body would pass
    root = (parser.parse(text, true) as Record<string, unknown>)["jobTemplate"];
  } catch (cause) {
    throw new InvalidInputError(`JobTemplateBody is not XML: ${(cause as Error).message}`, {
      cause,
    });
  }
  if (typeof root !== "object" || root === null) {
    throw new InvalidInputError(
      "JobTemplateBody must be a jobTemplate element with taskBody in it",
    );
  }
}
