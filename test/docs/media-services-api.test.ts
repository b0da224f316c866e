import { strict as assert } from "node:assert";
import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, it } from "mocha";

const DOCS = resolve(__dirname, "../../docs");
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

for (const { page, about, rowsAtLeast } of [
  { page: "media-services-api.md", about: "the REST API", rowsAtLeast: 50 },
  { page: "media-encoder-standard.md", about: "Media Encoder Standard", rowsAtLeast: 25 },
]) {
  describe(`the page about ${about}`, () => {
    const rows = rowsOf(readFileSync(resolve(DOCS, page), "utf8"));

    it("names for each thing that works, or is refused, a test that is there", () => {
      assert.ok(rows.length > rowsAtLeast, `${rows.length} rows`);
      for (const { thing, state, tests } of rows) {
        const needsTest = /^(?:works|refused|kept, but )/.test(state);
        assert.ok(!needsTest || tests.length > 0, `${thing} ${state}: says who?`);
        for (const { file, title } of tests) {
          const path = resolve(DOCS, file);
          assert.ok(existsSync(path), `${thing}: there is no ${file}`);
          const source = readFileSync(path, "utf8").replaceAll("\\'", "'");
          assert.ok(source.includes(title), `${thing}: ${file} has no test "${title}"`);
        }
      }
    });

    it("gives a reason for what does not work", () => {
      for (const { thing, state } of rows) {
        const isPlain =
          /^(?:works|not (?:offered|run|covered): .{10,}|refused|listed; |kept, but |see \[)/.test(
            state,
          );
        assert.ok(isPlain, `${thing}: '${state}'`);
      }
    });
  });
}
