import { strict as assert } from "node:assert";
import { existsSync, readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { describe, it } from "mocha";

const PAGE = resolve(__dirname, "../../docs/media-services-api.md");
const REFERENCE = /\[[^\]]+\]\(([^)]+\.test\.ts)\) "([^"]+)"/g;

interface Row {
  readonly thing: string;
  readonly state: string;
  readonly tests: readonly { readonly file: string; readonly title: string }[];
}

function rowsOf(page: string): Row[] {
  const lines = page.split("\n").filter((line) => /^\| (?!Thing |-)/.test(line));
  return lines.map((line) => {
    const [thing = "", state = "", shownBy = ""] = line
      .slice(1, -1)
      .split(" | ")
      .map((cell) => cell.trim());
    const tests = [...shownBy.matchAll(REFERENCE)].map(([, file = "", title = ""]) => ({
      file,
      title,
    }));
    return { thing, state, tests };
  });
}

describe("the page about the REST API", () => {
  const rows = rowsOf(readFileSync(PAGE, "utf8"));

  it("names for each thing that works a test that is there", () => {
    assert.ok(rows.length > 50);
    for (const { thing, state, tests } of rows) {
      if (state.startsWith("works")) assert.ok(tests.length > 0, `${thing} works: says who?`);
      for (const { file, title } of tests) {
        const path = resolve(dirname(PAGE), file);
        assert.ok(existsSync(path), `${thing}: there is no ${file}`);
        const source = readFileSync(path, "utf8").replaceAll("\\'", "'");
        assert.ok(source.includes(title), `${thing}: ${file} has no test "${title}"`);
      }
    }
  });

  it("gives a reason for what does not work", () => {
    for (const { thing, state } of rows) {
      const isPlain =
        /^(?:works|not (?:offered|run|covered): .{10,}|refused|kept, but |see \[)/.test(state);
      assert.ok(isPlain, `${thing}: '${state}'`);
    }
  });
});
