import { entryDocument, feedDocument, serviceDocument } from "../../odata/atom/write-atom";
import {
  errorDocument,
  linkDocument,
  linksDocument,
  propertyDocument,
} from "../../odata/atom/write-plain-xml";
import type { Representation, StructuredContent, WriteContext, Written } from "./representation";

/** Atom, and plain XML for what is no entity (OData v3, Atom format). */
export const atom: Representation = {
  content: (context, content) => {
    const { mediaType, text } = atomContent(context, content);
    return { contentType: `${mediaType};charset=utf-8`, text };
  },
  error: ({ code = "", message }): Written => ({
    contentType: `${XML};charset=utf-8`,
    text: errorDocument(code, message),
  }),
};

const XML = "application/xml";

function atomContent(
  context: WriteContext,
  content: StructuredContent,
): { mediaType: string; text: string } {
  switch (content.kind) {
    case "entity":
      return {
        mediaType: "application/atom+xml;type=entry",
        text: entryDocument(content.type, content.entity, withSelection(context, content)),
      };
    case "feed":
      return {
        mediaType: "application/atom+xml;type=feed",
        text: feedDocument(content.type, content, withSelection(context, content)),
      };
    case "property":
      return { mediaType: XML, text: propertyDocument(content.name, content.type, content.value) };
    case "link":
      return { mediaType: XML, text: linkDocument(content.uri) };
    case "links":
      return { mediaType: XML, text: linksDocument(content.uris, content.count) };
    case "sets":
      return {
        mediaType: "application/atomsvc+xml",
        text: serviceDocument(context.root, content.names),
      };
  }
}

function withSelection(
  context: WriteContext,
  { select }: { readonly select?: readonly string[] },
): WriteContext & { readonly select?: readonly string[] } {
  return select === undefined ? context : { ...context, select };
}
