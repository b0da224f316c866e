import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";

const root = join(__dirname, "..", "..");
const CLIP = "test/fixtures/tiny-clip.mp4";

/** The one video of which the others are made. */
export const TEMPLATE = { name: "bench-video", file: CLIP };

interface State {
  checkpoint: { latest: { resources: { urn: string }[] } };
}

/**
 * Makes a library of a deployment with one video: so many files of different content, and the state of a
 * deployment that encoded, copied and published them. Encoding a thousand would take hours; an `up` that
 * changes nothing asks files and state, and no account.
 *
 * @returns Path of the library's manifest, relative to the project's root.
 */
export function manyVideos(
  template: string,
  count: number,
  home: string,
): { state: string; manifest: string } {
  const state = JSON.parse(template) as State;
  const { resources } = state.checkpoint.latest;
  const video = resources.filter(({ urn }) => urn.includes(TEMPLATE.name));
  const others = resources.filter(({ urn }) => !urn.includes(TEMPLATE.name));
  const clip = readFileSync(join(root, CLIP));
  const list = Array.from({ length: count }, (_, index) => {
    const name = `title-${index.toString().padStart(4, "0")}`;
    const file = makeFile(clip, join(home, `library-${count}`, name), index);
    const text = JSON.stringify(video)
      .replaceAll(TEMPLATE.name, name)
      .replaceAll(CLIP, file.path)
      .replaceAll(sha256(clip), file.sha256)
      .replaceAll(`"sizeBytes":${clip.length}`, `"sizeBytes":${file.sizeBytes}`);
    others.push(...(JSON.parse(text) as typeof video));
    return { name, file: file.path };
  });
  state.checkpoint.latest.resources = others;
  const manifest = join(home, `library-${count}.json`);
  writeFileSync(manifest, JSON.stringify(list));
  return { state: JSON.stringify(state, undefined, 4), manifest: relative(root, manifest) };
}

/** The clip with a box at its end that every player skips, so that each file is another. */
function makeFile(
  clip: Buffer,
  folder: string,
  index: number,
): { path: string; sha256: string; sizeBytes: number } {
  const box = Buffer.from(`\0\0\0\x10free${index.toString().padStart(8, "0")}`, "latin1");
  const content = Buffer.concat([clip, box]);
  const file = join(folder, "tiny-clip.mp4");
  mkdirSync(folder, { recursive: true });
  writeFileSync(file, content);
  return { path: relative(root, file), sha256: sha256(content), sizeBytes: content.length };
}

function sha256(content: Buffer): string {
  return createHash("sha256").update(content).digest("hex");
}
