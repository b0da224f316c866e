import { setImmediate as nextTurn } from "node:timers/promises";
import {
  AV_SAMPLE_FMT_FLTP,
  AVERROR_EAGAIN,
  type CodecContext,
  type Frame,
  Packet,
  Rational as AvRational,
} from "node-av";
import { type EncodePlan, videoFilterGraph } from "../../encode-plan";
import { openInput } from "./node-av-input";
import { rotationFilters } from "./rotation-filters";
import { TrackDecoder } from "./track-decoder";
import { TrackFilter } from "./track-filter";
import { TrackWriter } from "./track-writer";

/** Samples of one AAC frame (ISO/IEC 14496-3, 4.5.1.1). */
const AAC_FRAME_SAMPLES = 1024;
/** The longest that the event loop is kept from seeing that the worker is gone. */
const MAX_TURN_MS = 50;

/** One stream of the input on its way to its outputs. */
interface Track {
  readonly decoder: TrackDecoder;
  readonly filter: TrackFilter;
  readonly writers: readonly TrackWriter[];
}

/** Makes every file of a plan; `onProgress` gets the seconds that are encoded. */
export async function transcode(
  plan: EncodePlan,
  onProgress: (encodedSeconds: number) => void,
): Promise<void> {
  const input = openInput(plan.inputPath);
  const video = videoTrack(plan, new TrackDecoder(input, plan.videoStreamIndex));
  const tracks = new Map<number, Track>([[plan.videoStreamIndex, video]]);
  for (const audio of plan.audio) {
    tracks.set(audio.streamIndex, audioTrack(audio, new TrackDecoder(input, audio.streamIndex)));
  }

  const packet = new Packet();
  packet.alloc();
  for (let turnBegan = Date.now(); ;) {
    const status = input.readFrameSync(packet);
    if (status === AVERROR_EAGAIN) continue;
    // A read error ends the input as its end does: the output's length tells them apart.
    if (status < 0) break;
    const track = tracks.get(packet.streamIndex);
    if (track) advance(track, packet);
    packet.unref();
    if (Date.now() - turnBegan > MAX_TURN_MS) {
      onProgress(video.writers[0]?.encodedSeconds ?? 0);
      await nextTurn();
      turnBegan = Date.now();
    }
  }
  for (const track of tracks.values()) finish(track);
  input.closeInputSync();
}

function advance({ decoder, filter, writers }: Track, packet: Packet | null): void {
  decoder.decode(packet, (frame) => {
    filter.push(frame, (filtered, output, timeBase) => writers[output]?.write(filtered, timeBase));
  });
}

function finish(track: Track): void {
  advance(track, null);
  track.filter.flush((filtered, output, timeBase) =>
    track.writers[output]?.write(filtered, timeBase),
  );
  for (const writer of track.writers) writer.finish();
}

function videoTrack(plan: EncodePlan, decoder: TrackDecoder): Track {
  const { num, den } = plan.frameRate;
  const filter = new TrackFilter({
    description: videoFilterGraph(plan, "in", rotationFilters(plan.displayMatrix)),
    outputCount: plan.video.length,
    timeBase: decoder.timeBase,
    frameRate: plan.frameRate,
  });
  const writers = plan.video.map(
    (output) =>
      new TrackWriter(output, {
        encoder: "libx264",
        timeBase: { num: den, den: num },
        keyframeSeconds: plan.keyframeSeconds,
        describe: (context, first) => {
          describeVideo(context, first);
          context.framerate = new AvRational(num, den);
        },
      }),
  );
  return { decoder, filter, writers };
}

function describeVideo(context: CodecContext, first: Frame): void {
  context.width = first.width;
  context.height = first.height;
  context.pixelFormat = first.format as CodecContext["pixelFormat"];
  context.sampleAspectRatio = first.sampleAspectRatio;
  context.colorRange = first.colorRange;
  context.colorPrimaries = first.colorPrimaries;
  context.colorTrc = first.colorTrc;
  context.colorSpace = first.colorSpace;
  context.chromaLocation = first.chromaLocation;
}

function audioTrack(output: EncodePlan["audio"][number], decoder: TrackDecoder): Track {
  const filter = new TrackFilter({
    // The encoder takes frames of one length; ffmpeg sees to that outside of its filters.
    description: `[in]${output.filter},asetnsamples=n=${AAC_FRAME_SAMPLES}:p=0[v0]`,
    outputCount: 1,
    timeBase: decoder.timeBase,
  });
  const writer = new TrackWriter(output, {
    encoder: "aac",
    timeBase: { num: 1, den: output.samplesPerSecond },
    describe: (context, first) => {
      context.sampleRate = first.sampleRate;
      context.sampleFormat = AV_SAMPLE_FMT_FLTP;
      context.channelLayout = first.channelLayout;
    },
  });
  return { decoder, filter, writers: [writer] };
}
