const ESCAPES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  // Read back, a bare one would be a line feed (XML 1.0, 2.11), or a space in an attribute.
  "\r": "&#xD;",
  "\n": "&#xA;",
  "\t": "&#x9;",
};

// What XML 1.0 has no way to write, and halves of surrogate pairs.
const UNWRITABLE =
  /[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]|[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g;

/** The first line of a document. */
export const DECLARATION = '<?xml version="1.0" encoding="utf-8"?>';

/** Makes a text safe inside an element or an attribute; what XML can't hold becomes U+FFFD. */
export function escapeXml(text: string): string {
  return text
    .replace(UNWRITABLE, "\uFFFD")
    .replace(/[&<>"\r\n\t]/g, (character) => ESCAPES[character] ?? character);
}

/** An element; content is XML already, attributes that are undefined are left out. */
export function element(
  name: string,
  attributes: Readonly<Record<string, string | undefined>>,
  content = "",
): string {
  const written = Object.entries(attributes)
    .flatMap(([key, value]) => (value === undefined ? [] : [` ${key}="${escapeXml(value)}"`]))
    .join("");
  return content === "" ? `<${name}${written} />` : `<${name}${written}>${content}</${name}>`;
}
