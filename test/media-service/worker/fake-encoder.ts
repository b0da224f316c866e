import { writeFile } from "node:fs/promises";
import type { EncodePlan } from "../../../media-service/worker/plan/encode-plan";
import type { EncodeOptions, Encoder } from "../../../media-service/worker/encoders/encoder";
import type { ProbedMedia } from "../../../media-service/worker/probed-media";

const MEDIA: ProbedMedia = {
  formatName: "matroska,webm",
  sizeBytes: 1_000_000,
  durationSeconds: 10,
  streams: [
    {
      index: 0,
      kind: "video",
      codec: "h264",
      width: 320,
      height: 180,
      averageFrameRate: { num: 25, den: 1 },
    },
  ],
};

/** An encoder that goes half way and then does what the test says. */
export class FakeEncoder implements Encoder {
  readonly name = "ffmpeg";
  plans: EncodePlan[] = [];
  /** After half of the work; by default it waits until it is stopped. */
  then: (options: EncodeOptions) => Promise<void> = ({ signal }) => stopped(signal);

  probe(): Promise<ProbedMedia> {
    return Promise.resolve(MEDIA);
  }

  async encode(plan: EncodePlan, options: EncodeOptions): Promise<void> {
    this.plans.push(plan);
    for (const { path } of plan.files) await writeFile(path, "half");
    options.onProgress(5);
    await this.then(options);
  }
}

function stopped(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    const end = (): void => {
      reject(signal.reason as Error);
    };
    if (signal.aborted) end();
    else signal.addEventListener("abort", end, { once: true });
  });
}
