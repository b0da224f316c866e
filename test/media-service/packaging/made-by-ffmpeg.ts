import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

/** A packet as ffprobe reads it, in seconds. */
export interface ProbedPacket {
  readonly time: number;
  readonly decodeTime: number;
  readonly isKey: boolean;
  readonly hash: string;
}

interface RawPacket {
  readonly pts_time: string;
  readonly dts_time?: string;
  readonly flags: string;
  readonly data_hash: string;
}

/** A folder in which FFmpeg makes small films, and reads others. */
export class FilmFolder implements Disposable {
  private readonly path = mkdtempSync(join(tmpdir(), "sources-"));

  /** Encodes a moving picture, and as many sounds as are mapped: inputs 1 and 2 differ in pitch. */
  async make(name: string, args: readonly string[], seconds = 5): Promise<Buffer> {
    const duration = `duration=${seconds}`;
    const inputs = [
      `testsrc2=size=160x90:rate=25:${duration}`,
      `sine=frequency=440:sample_rate=48000:${duration}`,
      `sine=frequency=660:sample_rate=48000:${duration}`,
    ].flatMap((input) => ["-f", "lavfi", "-i", input]);
    await this.run("ffmpeg", [...inputs, ...args, "-y", name]);
    return readFileSync(join(this.path, name));
  }

  /** Runs FFmpeg or its reader here; fails when it complains. */
  async run(tool: "ffmpeg" | "ffprobe", args: readonly string[]): Promise<string> {
    const { stdout, stderr } = await promisify(execFile)(tool, ["-v", "error", ...args], {
      cwd: this.path,
      maxBuffer: 64 * 1024 * 1024,
      timeout: 60_000,
      // x265 and SVT write their banners past FFmpeg's own log.
      env: { ...process.env, SVT_LOG: "0" },
    });
    if (tool === "ffprobe" && stderr !== "") throw new Error(`ffprobe: ${stderr}`);
    return stdout;
  }

  put(name: string, bytes: Buffer): void {
    writeFileSync(join(this.path, name), bytes);
  }

  /** Every packet of a stream, such as `v:0`, that the edit list leaves to be shown or heard. */
  async packets(name: string, stream: string): Promise<ProbedPacket[]> {
    const entries = "packet=pts_time,dts_time,flags,data_hash";
    const printed = await this.run("ffprobe", [
      ...["-select_streams", stream, "-show_entries", entries, "-show_data_hash", "MD5"],
      ...["-of", "json", name],
    ]);
    const { packets } = JSON.parse(printed) as { packets: RawPacket[] };
    const kept = packets.filter(({ flags }) => !flags.includes("D"));
    return kept.map(({ pts_time, dts_time, flags, data_hash }) => ({
      time: Number(pts_time),
      decodeTime: Number(dts_time),
      isKey: flags.startsWith("K"),
      hash: data_hash,
    }));
  }

  /** Hashes of every decoded picture or frame of sound, in order. */
  async decoded(name: string, stream: string): Promise<string[]> {
    const printed = await this.run("ffmpeg", [
      "-i",
      name,
      "-map",
      `0:${stream}`,
      "-f",
      "framemd5",
      "-",
    ]);
    return printed
      .split("\n")
      .filter((line) => line !== "" && !line.startsWith("#"))
      .map((line) => line.split(",").at(-1)?.trim() ?? "");
  }

  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}
