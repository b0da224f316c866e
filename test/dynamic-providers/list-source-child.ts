import { listSource } from "../../dynamic-providers/operations/source-container/list-source";

/** Lists a container as the program of a stack does, and prints what it was told. */
async function main(): Promise<void> {
  const [container = "", prefix = ""] = process.argv.slice(2);
  process.stdout.write(JSON.stringify(await listSource({ container, prefix })));
}

void main();
