import { strict as assert } from "node:assert";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, resolve } from "node:path";
import { describe, it } from "mocha";
import { format, resolveConfig } from "prettier";
import { parse } from "yaml";
import { knownKinds } from "../../local-cloud/stand-in/kinds/known-kinds";
import { howToUpdate, isUpdating } from "../components/expectations";

const page = resolve(__dirname, "../../docs/azure.md");
const expectations = resolve(__dirname, "../components/expected/stacks");
const section = /(?<=<!-- declared resources: .* -->\n)[^]*(?=<!-- end of declared resources -->)/;

/** The stacks that ask Azure for each type, by type. */
function stacksByType(): Map<string, string[]> {
  const stacks = new Map<string, string[]>();
  for (const file of readdirSync(expectations).sort()) {
    const declared = parse(readFileSync(resolve(expectations, file), "utf8")) as object;
    const types = Object.keys(declared).map((key) => key.split(" ")[0] ?? "");
    for (const type of new Set(types.filter((one) => /^azure(-native)?:/.test(one)))) {
      stacks.set(type, [...(stacks.get(type) ?? []), basename(file, ".yaml")]);
    }
  }
  return stacks;
}

function whatHappensTo(type: string): string {
  const kind = knownKinds.get(type);
  if (kind === undefined) return "type-checked only";
  const runs = kind.maker !== undefined && kind.recordedOnly !== true;
  return runs ? "run in the stand-in" : "recorded only";
}

function table(): string {
  const rows = [...stacksByType()]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([type, stacks]) => `| \`${type}\` | ${stacks.join(", ")} | ${whatHappensTo(type)} |`);
  return ["| Resource | Stacks | On your machine |", "| - | - | - |", ...rows].join("\n");
}

describe("the page about Azure", () => {
  it("says of every declared resource what the local cloud does with it", async () => {
    const text = readFileSync(page, "utf8");
    const wanted = text.replace(section, `\n${table()}\n\n`);
    const options = { ...(await resolveConfig(page)), parser: "markdown" };
    const expected = await format(wanted, options);
    if (isUpdating) writeFileSync(page, expected);
    const actual = isUpdating ? expected : text;

    assert.match(text, section);
    assert.deepEqual(actual.split("\n"), expected.split("\n"), howToUpdate);
  });
});
