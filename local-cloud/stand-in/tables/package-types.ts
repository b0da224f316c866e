import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { nearestName } from "./nearest-name";
import type { Names, readEnumerations, readInterfaces } from "./read-shape";
import type { Fields } from "./shape";

interface Reader {
  readonly readEnumerations: typeof readEnumerations;
  readonly readInterfaces: typeof readInterfaces;
}

/** Loaded when the first declaration is read: the TypeScript behind it takes 50 MB and a while. */
function reader(): Reader {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- import() finds no .ts file
  return require("./read-shape") as Reader;
}

/**
 * The types that an installed Pulumi package declares, read where and when a resource needs them:
 * a class's own file, and of the package's input types only the namespace that is asked for. (All of
 * azure-native's are 7.6 MB, seconds of parsing; what this project declares takes half a second.)
 */
export class PackageTypes implements Names {
  readonly version: string;
  private readonly folder: string;
  private readonly namespaces = new Map<string, ReadonlyMap<string, Fields>>();
  private readonly enumerations = new Map<string, ReadonlyMap<string, readonly string[]>>();
  private readonly classes = new Map<string, Fields | undefined>();

  constructor(private readonly name: string) {
    const manifest = require.resolve(`${name}/package.json`);
    this.folder = dirname(manifest);
    this.version = (JSON.parse(readFileSync(manifest, "utf8")) as { version: string }).version;
  }

  /** What a resource of this type may be given; nothing where the package has no such type. */
  argumentsOf(token: string): Fields | undefined {
    if (!this.classes.has(token)) this.classes.set(token, this.readClass(token));
    return this.classes.get(token);
  }

  /** Says that the package has no such type, and what it has that is like it. */
  whyNot(token: string): string {
    const { folder, type } = partsOf(token);
    const missing = `${token} is no resource of ${this.name} ${this.version}`;
    const known = this.typesIn(folder);
    const near = nearestName(type, known) ?? nearestName(folder, this.folders());
    return near === undefined ? missing : `${missing}; did you mean "${near}"?`;
  }

  fieldsOf(name: string): Fields {
    const cut = name.lastIndexOf(".");
    const fields = this.namespace(name.slice(0, Math.max(cut, 0))).get(name.slice(cut + 1));
    return found(fields, name, this.name);
  }

  valuesOf(name: string): readonly string[] {
    const [namespace = "", enumeration = ""] = name.split(".");
    const known =
      this.enumerations.get(namespace) ??
      reader().readEnumerations(this.read("types", "enums", namespace, "index.d.ts"));
    this.enumerations.set(namespace, known);
    return found(known.get(enumeration), name, this.name);
  }

  private readClass(token: string): Fields | undefined {
    const { folder, type } = partsOf(token);
    const file = this.fileOf(folder, type);
    if (file === undefined) return undefined;
    return reader()
      .readInterfaces(this.read(folder, `${file}.d.ts`), this)
      .get(`${type}Args`);
  }

  /** A folder's index tells in which file a class's arguments are. */
  private fileOf(folder: string, type: string): string | undefined {
    return this.exportsOf(folder).find(({ names }) => names.includes(`${type}Args`))?.file;
  }

  private typesIn(folder: string): string[] {
    return this.exportsOf(folder)
      .flatMap(({ names }) => names)
      .filter((name) => name.endsWith("Args") && !/^[Gg]et|^List|OutputArgs$/.test(name))
      .map((name) => name.replace(/Args$/, ""));
  }

  private exportsOf(folder: string): { names: string[]; file: string }[] {
    if (!existsSync(join(this.folder, folder, "index.d.ts"))) return [];
    const index = this.read(folder, "index.d.ts");
    return [...index.matchAll(/export \{([^}]*)\} from "\.\/(\w+)"/g)].map(
      ([, names = "", file = ""]) => ({ names: names.split(",").map((name) => name.trim()), file }),
    );
  }

  private folders(): string[] {
    return readdirSync(this.folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name);
  }

  private namespace(name: string): ReadonlyMap<string, Fields> {
    const known =
      this.namespaces.get(name) ?? reader().readInterfaces(this.namespaceText(name), this);
    this.namespaces.set(name, known);
    return known;
  }

  /** The text of one namespace; without a name, what is before the first. */
  private namespaceText(name: string): string {
    // As bytes: only what is cut out becomes text.
    const text = readFileSync(join(this.folder, "types", "input.d.ts"));
    const first = text.indexOf("\nexport declare namespace ");
    if (name === "") return text.toString("utf8", 0, first < 0 ? text.length : first);
    const start = text.indexOf(`\nexport declare namespace ${name} {`);
    return start < 0 ? "" : text.toString("utf8", start, text.indexOf("\n}", start) + 2);
  }

  private read(...path: string[]): string {
    return readFileSync(join(this.folder, ...path), "utf8");
  }
}

/** `azure:media/serviceAccount:ServiceAccount` is the class ServiceAccount in the folder media. */
function partsOf(token: string): { folder: string; type: string } {
  const [, module = "", type = ""] = token.split(":");
  return { folder: module.split("/")[0] ?? "", type };
}

function found<T>(value: T | undefined, name: string, packageName: string): T {
  if (value !== undefined) return value;
  throw new Error(
    `${packageName} refers to ${name}, which its types don't declare; install the package afresh`,
  );
}
