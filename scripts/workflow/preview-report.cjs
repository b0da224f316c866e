"use strict";

// node preview-report.cjs STACK STATUS OUTPUT: prints a preview as a comment. Its first line is how it is found again.
const fs = require("node:fs");

/** A comment holds 65,536 characters. */
const LONGEST = 60_000;

const [, , stack, status, file] = process.argv;
// eslint-disable-next-line no-control-regex -- colours begin with an escape character
const output = fs
  .readFileSync(file, "utf8")
  .replace(/\x1b\[[0-9;]*m/g, "")
  .trimEnd();

/** The part from a heading to the next empty line. */
function section(heading) {
  const lines = output.split("\n");
  const from = lines.findIndex((line) => line.startsWith(heading));
  if (from < 0) return "";
  const to = lines.findIndex((line, index) => index > from && line.trim() === "");
  return lines.slice(from, to < 0 ? undefined : to).join("\n");
}

const fenced = (text) => `\`\`\`\n${text.replaceAll("```", "'''")}\n\`\`\``;
const parts = [section("Policies:"), section("Resources:"), section("Diagnostics:")];
const summary = parts.filter((part) => part !== "").join("\n\n");
const kept =
  output.length > LONGEST ? `[...]\n${output.slice(-LONGEST / 2)}` : output.slice(-LONGEST / 2);

console.log(`<!-- preview of stack ${stack} -->
### ${status === "0" ? "Preview" : "Preview failed"}: stack \`${stack}\`

${summary === "" ? "" : `${fenced(summary.slice(0, LONGEST / 3))}\n`}
<details${status === "0" ? "" : " open"}><summary>Everything it said</summary>

${fenced(kept)}

</details>`);
