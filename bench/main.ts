import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { basename, join } from "node:path";

/**
 * `npm run bench [-- NAME ...]`: runs the benches one after the other, each in a process of its own, so
 * that none warms another's caches. Each prints ratios against a named tool measured in the same run.
 */
function main(names: readonly string[]): number {
  const all = readdirSync(__dirname)
    .filter((file) => file.endsWith(".ts") && file !== basename(__filename))
    .map((file) => basename(file, ".ts"))
    .sort();
  const unknown = names.filter((name) => !existsSync(join(__dirname, `${name}.ts`)));
  if (unknown.length > 0) {
    console.error(`There is no bench ${unknown.join(", ")}; there are: ${all.join(", ")}.`);
    return 2;
  }
  let status = 0;
  for (const name of names.length > 0 ? names : all) {
    console.log(`\n== ${name}`);
    const run = spawnSync(process.execPath, ["-r", "tsx/cjs", join(__dirname, `${name}.ts`)], {
      stdio: "inherit",
    });
    if (run.status !== 0) status = 1;
  }
  return status;
}

process.exitCode = main(process.argv.slice(2));
