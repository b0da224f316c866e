import { strict as assert } from "node:assert";
import { describe, it } from "mocha";
import { parseXml } from "../../../media-service/odata/atom/parse-xml";
import { readAtomEntity } from "../../../media-service/odata/atom/read-atom";
import { entryDocument, feedDocument } from "../../../media-service/odata/atom/write-atom";
import { childrenOf } from "../../../media-service/odata/atom/xml-element";
import { ATOM, DATA, METADATA, RELATED } from "../../../media-service/odata/atom/namespaces";
import type { EntityType } from "../../../media-service/odata/edm";
import { parseWellFormed } from "../../support/well-formed";

const THING: EntityType = {
  setName: "Things",
  typeName: "Thing",
  properties: {
    Id: { type: "Edm.String" },
    Name: { type: "Edm.String" },
    Count: { type: "Edm.Int32" },
    Size: { type: "Edm.Int64" },
    IsBig: { type: "Edm.Boolean" },
    Since: { type: "Edm.DateTime" },
    Hosts: { type: { collectionOf: "Edm.String" } },
    Notes: {
      type: {
        complex: "Note",
        collection: true,
        properties: {
          Text: "Edm.String",
          At: { complex: "Place", collection: false, properties: { Line: "Edm.Int32" } },
        },
      },
    },
  },
  navigations: {
    Parts: { target: "Things", many: true, inline: true },
    Whole: { target: "Things", many: false },
  },
};
const ENTITY = {
  Id: "nb:cid:UUID:1",
  Name: ' it\'s <b> & "c"\r\n\ttabbed ',
  Count: 2,
  Size: 5_000_000_000,
  IsBig: false,
  Since: new Date("2024-02-03T04:05:06.789Z"),
  Hosts: ["a", "b"],
  Notes: [
    { Text: "one", At: { Line: 3 } },
    { Text: null, At: null },
  ],
};
const context = { root: "http://media.test/api/", now: new Date("2025-01-01T00:00:00Z") };
const read = (xml: string) => readAtomEntity(() => THING, THING, xml);
const entry = (properties: string, links = "") =>
  `<x:entry xmlns:x="${ATOM}" xmlns:q="${DATA}" xmlns:w="${METADATA}">${links}` +
  `<x:content type="application/xml"><w:properties>${properties}</w:properties></x:content></x:entry>`;

describe("an entity in Atom", () => {
  it("is read back as it was written, and is well-formed XML to another parser", () => {
    const written = entryDocument(THING, ENTITY, context);
    assert.ok(parseWellFormed(written));
    const { values, structures, links } = read(written);
    const { Hosts, Notes, ...primitives } = ENTITY;
    assert.deepEqual(Object.fromEntries(values), primitives);
    assert.deepEqual(Object.fromEntries(structures), { Hosts, Notes });
    assert.equal(links.size, 2);
    assert.deepEqual([...links.values()], [[], []]);
  });

  it("tells types, nulls, and where its navigation properties lead", () => {
    const root = parseXml(entryDocument(THING, { ...ENTITY, Since: null }, context));
    const related = childrenOf(root, ATOM, "link").filter((link) =>
      link.attributes.get("rel")?.startsWith(RELATED),
    );
    assert.deepEqual(
      related.map(({ attributes }) => [attributes.get("type"), attributes.get("href")]),
      [
        ["application/atom+xml;type=feed", "Things('nb%3Acid%3AUUID%3A1')/Parts"],
        ["application/atom+xml;type=entry", "Things('nb%3Acid%3AUUID%3A1')/Whole"],
      ],
    );
    const [content] = childrenOf(root, ATOM, "content");
    assert.ok(content);
    const [properties] = childrenOf(content, METADATA, "properties");
    const since = properties?.children.find(({ name }) => name === "Since");
    assert.deepEqual(Object.fromEntries(since?.attributes ?? []), {
      [`{${METADATA}}type`]: "Edm.DateTime",
      [`{${METADATA}}null`]: "true",
    });
  });

  it("writes a carriage return so that parsers keep it, and what XML can't hold as U+FFFD", () => {
    const written = entryDocument(THING, { ...ENTITY, Name: "a\rb\u0001c\ud800d" }, context);
    assert.ok(written.includes("<d:Name>a&#xD;b\uFFFDc\uFFFDd</d:Name>"), written);
  });

  it("may use any prefixes, and needs no types, ids or titles", () => {
    const body = read(entry("<q:Name>n</q:Name><q:Count> 3 </q:Count><q:IsBig>true</q:IsBig>"));
    assert.deepEqual(Object.fromEntries(body.values), { Name: "n", Count: 3, IsBig: true });
  });

  it("has nulls, empty text, and nothing where a number is empty", () => {
    const body = read(entry('<q:Since w:null="true" /><q:Name></q:Name><q:Count/>'));
    assert.deepEqual(Object.fromEntries(body.values), { Since: null, Name: "", Count: null });
  });

  it("reads character references, CDATA, and passes over comments and instructions", () => {
    const name = "a&#xD;&#10;&lt;<!-- no --><![CDATA[<&amp;>]]><?no?>é";
    assert.equal(read(entry(`<q:Name>${name}</q:Name>`)).string("Name"), "a\r\n<<&amp;>é");
  });

  it("links to entities by addresses of any host, relative ones and those of a batch", () => {
    const link = (name: string, href: string) =>
      `<x:link rel="${RELATED}${name}" type="application/atom+xml;type=feed" title="x" href="${href}"/>`;
    const links =
      link("Parts", "https://other.test/api//Things('nb:cid:UUID:2')") +
      link("Parts", "Things('3')") +
      link("Parts", "$1") +
      link("Whole", "http://media.test/api/Things('1')/Whole");
    const body = read(entry("", links));
    assert.deepEqual(body.links.get("Parts"), [
      "https://other.test/api//Things('nb:cid:UUID:2')",
      "Things('3')",
      "$1",
    ]);
    assert.deepEqual(body.links.get("Whole"), [], "where it leads is no link to anything");
  });

  it("brings new entities along in m:inline", () => {
    const inner = entry("<q:Name>inner</q:Name>");
    const links = `<x:link rel="${RELATED}Parts" href="x"><w:inline><x:feed>${inner}${inner}</x:feed></w:inline></x:link>`;
    const parts = read(entry("", links)).nested.get("Parts") ?? [];
    assert.deepEqual(
      parts.map((part) => part.string("Name")),
      ["inner", "inner"],
    );
  });

  const many = "&a;".repeat(10);
  for (const [why, xml, message] of [
    ["a document type", `<!DOCTYPE e [<!ENTITY a "x">]>${entry("")}`, /line 1/],
    ["an entity of its own", entry(`<q:Name>${many}</q:Name>`), /entity that is not declared/],
    ["a prefix that is not declared", entry("<z:Name>x</z:Name>"), /prefix/],
    ["no end", entry("<q:Name>x</q:Name>").slice(0, -10), /too early|no tag/],
    ["crossed tags", entry("<q:Name><q:Count></q:Name></q:Count>"), /not open/],
    ["two roots", entry("") + entry(""), /no tag/],
    ["an attribute twice", entry('<q:Name a="1" a="2"/>'), /twice/],
    ["another root", `<feed xmlns="${ATOM}"/>`, /Atom entry/],
    ["no namespace", "<entry/>", /Atom entry/],
    ["an unknown property", entry("<q:Nmae>x</q:Nmae>"), /'Nmae'/],
    ["a property of another namespace", entry("<x:Name>x</x:Name>"), /'Name'/],
    ["text as a number", entry("<q:Count>two</q:Count>"), /Count must be/],
    [
      "an unknown member",
      entry("<q:Notes><q:element><q:X/></q:element></q:Notes>"),
      /'X' of Notes/,
    ],
    ["an unknown link", entry("", `<x:link rel="${RELATED}X" href="Things('1')"/>`), /'X'/],
    ["endless depth", "<a>".repeat(100_000), /too deeply/],
    ["too many elements", `<a>${"<b/>".repeat(100_001)}</a>`, /too many/],
    ["a bare ampersand", entry("<q:Name>a & b</q:Name>"), /entity/],
    ["a null character", entry("<q:Name>&#0;</q:Name>"), /entity/],
  ] as const) {
    it(`is refused with ${why}`, () => {
      assert.throws(() => read(xml), { name: "InvalidInputError", message });
    });
  }

  it("is read in time that grows with its length only", () => {
    const long = "a".repeat(4_000_000);
    const start = process.cpuUsage();
    for (const xml of [
      entry(`<!--${long}--><q:Name>x</q:Name>`),
      entry(`<q:Name>${long}</q:Name>`),
      entry(`<q:Name>x</q:Name>${" ".repeat(4_000_000)}`),
    ]) {
      assert.ok(read(xml).string("Name"));
    }
    for (const xml of [`<a ${"b='1' ".repeat(500_000)}`, `<${long}`, `<!--${long}`, `<?${long}`]) {
      assert.throws(() => read(xml), { name: "InvalidInputError" });
    }
    assert.ok(process.cpuUsage(start).user < 5_000_000, "CPU seconds");
  });
});

describe("a list in Atom", () => {
  it("has its entities, their number, and where it goes on", () => {
    const feed = {
      ...{ path: "Things", title: "Things", entities: [ENTITY, ENTITY], count: 7 },
      next: "http://media.test/api/Things?$skiptoken=a&$top=2",
    };
    const written = feedDocument(THING, feed, { ...context, select: ["Name", "Parts"] });
    assert.ok(parseWellFormed(written));
    const root = parseXml(written);
    assert.equal(childrenOf(root, METADATA, "count")[0]?.text, "7");
    assert.equal(childrenOf(root, ATOM, "entry").length, 2);
    const next = childrenOf(root, ATOM, "link").find(
      (link) => link.attributes.get("rel") === "next",
    );
    assert.equal(next?.attributes.get("href"), feed.next);
    assert.ok(!written.includes("d:Count") && !written.includes("/Whole"), "what is not selected");
  });
});
