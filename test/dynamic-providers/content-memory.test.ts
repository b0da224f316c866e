import { strict as assert } from "node:assert";
import { createHash } from "node:crypto";
import {
  copyFile,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  utimes,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { afterEach, beforeEach, describe, it } from "mocha";
import { contentOf } from "../../dynamic-providers/operations/mezzanine/content-memory";

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

describe("what is remembered of a mezzanine's content", () => {
  let home: string;
  let folder: string;
  let file: string;

  beforeEach(async () => {
    home = await mkdtemp(path.join(tmpdir(), "twinstream-memory-"));
    folder = path.join(home, "memory");
    file = path.join(home, "film.mp4");
    await writeFile(file, "first content");
  });

  afterEach(() => rm(home, { recursive: true }));

  /** As if the file had been left alone for an hour. */
  const later = (): bigint => BigInt(Date.now() + 3_600_000) * 1_000_000n;
  const read = async (place = file, now = later): Promise<string> =>
    (await contentOf(place, { folder, now })).contentSha256;
  const notes = async (): Promise<string[]> =>
    (await readdir(folder).catch(() => [])).map((name) => path.join(folder, name));

  /** Puts a content into the notes that no file has, to see whether they are believed. */
  async function forge(): Promise<string> {
    const [note = ""] = await notes();
    const forged = sha256("nobody's");
    const known = JSON.parse(await readFile(note, "utf8")) as object;
    await writeFile(note, JSON.stringify({ ...known, contentSha256: forged }));
    return forged;
  }

  it("is asked instead of a file that looks as it did", async () => {
    assert.deepEqual(await contentOf(file, { folder, now: later }), {
      contentSha256: sha256("first content"),
      sizeBytes: 13,
    });
    const forged = await forge();

    assert.equal(await read(), forged);
  });

  it("gives way to a content of the same length under the same time of change", async () => {
    const time = new Date(1_700_000_000_000);
    await utimes(file, time, time);
    await read();
    await writeFile(file, "other content");
    await utimes(file, time, time);

    assert.equal((await stat(file)).mtimeMs, time.getTime());
    assert.equal(await read(), sha256("other content"));
  });

  it("gives way to another file of the same length moved into its place", async () => {
    await read();
    const other = path.join(home, "other.mp4");
    await writeFile(other, "other content");
    const { atime, mtime } = await stat(file);
    await utimes(other, atime, mtime);
    await rename(other, file);

    assert.equal(await read(), sha256("other content"));
  });

  it("is the same content under a touched time and under another path", async () => {
    const content = await read();
    await utimes(file, new Date(), new Date(0));
    const copy = path.join(home, "copy.mp4");
    await copyFile(file, copy);

    assert.deepEqual([await read(), await read(copy)], [content, content]);
  });

  it("is nothing of a file that changed just now: it may change again within one tick", async () => {
    await read(file, () => BigInt(Date.now()) * 1_000_000n);

    assert.deepEqual(await notes(), []);
  });

  it("is read anew when a note is damaged or lost", async () => {
    const content = await read();
    for (const damage of ["", "{", "null", '{"look":"x"}', '{"look":1,"contentSha256":"../x"}']) {
      const [note = ""] = await notes();
      await writeFile(note, damage);
      assert.equal(await read(), content, damage);
    }
    await rm(folder, { recursive: true });
    assert.equal(await read(), content);
  });

  it("is nothing where notes can't be written, which only costs time", async () => {
    const blocked = path.join(home, "film.mp4", "memory");
    const { contentSha256 } = await contentOf(file, { folder: blocked, now: later });

    assert.equal(contentSha256, sha256("first content"));
  });

  it("survives many reads of one file at once", async () => {
    const contents = await Promise.all(Array.from({ length: 20 }, () => read()));

    assert.deepEqual([...new Set(contents)], [sha256("first content")]);
    assert.equal((await notes()).length, 1);
  });
});
