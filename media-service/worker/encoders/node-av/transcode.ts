import { setImmediate as nextTurn } from "node:timers/promises";
import { AV_NOPTS_VALUE, AVERROR_EAGAIN, type FormatContext, Packet } from "node-av";
import type { EncodePlan } from "../../plan/encode-plan";
import { startTicksOf } from "./input-clock";
import { Mp4File } from "./mp4-file";
import { openInput } from "./node-av-input";
import { StreamUsers } from "./stream-users";

/** The longest that the event loop is kept from seeing that the worker is gone. */
const MAX_TURN_MS = 50;
/** Streams are interleaved to within this: behind a clip's end and this, nothing of it comes. */
const INTERLEAVE_SECONDS = 10;

/** Makes every file of a plan; `onProgress` gets the seconds that are encoded. */
export async function transcode(
  plan: EncodePlan,
  onProgress: (encodedSeconds: number) => void,
): Promise<void> {
  const input = openInput(plan.inputPath);
  const files = plan.files.map((file) => new Mp4File(file));
  const users = new StreamUsers(plan, input, files);
  const end = new EndOfClip(input, plan, users.streams);

  const packet = new Packet();
  packet.alloc();
  for (let turnBegan = Date.now(); ;) {
    const status = input.readFrameSync(packet);
    if (status === AVERROR_EAGAIN) continue;
    // A read error ends the input as its end does: the output's length tells them apart.
    if (status < 0) break;
    users.take(packet);
    const done = end.isBehind(packet);
    packet.unref();
    if (done) break;
    if (Date.now() - turnBegan > MAX_TURN_MS) {
      onProgress(users.encodedSeconds);
      await nextTurn();
      turnBegan = Date.now();
    }
  }
  users.finish();
  for (const file of files) file.finish();
  input.closeInputSync();
}

/** Sees when every stream in use is behind the end of the part that is encoded. */
class EndOfClip {
  private readonly open: Set<number>;

  constructor(
    private readonly input: FormatContext,
    private readonly plan: EncodePlan,
    streams: readonly number[],
  ) {
    this.open = new Set(streams);
  }

  isBehind({ streamIndex, pts }: Packet): boolean {
    const { endSeconds } = this.plan;
    const base = this.input.streams[streamIndex]?.timeBase;
    if (endSeconds === undefined || !base || pts === AV_NOPTS_VALUE) return false;
    const seconds = (Number(pts - startTicksOf(this.input, base)) * base.num) / base.den;
    if (seconds > endSeconds + INTERLEAVE_SECONDS) this.open.delete(streamIndex);
    return this.open.size === 0;
  }
}
