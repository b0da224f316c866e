import {
  AV_CODEC_FLAG_GLOBAL_HEADER,
  AV_PKT_DATA_DISPLAYMATRIX,
  AVERROR_EOF,
  Codec,
  CodecContext,
  Dictionary,
  FFmpegError,
  FilterGraph,
  FormatContext,
  Frame,
  Packet,
  Rational,
  type Stream,
} from "node-av";
import { applyOptions } from "../../../media-service/worker/encoders/node-av/apply-options";
import type { MediaSpec } from "./test-media";

// Makes the media files of the tests, so that they need no ffmpeg. A program of its own, because what
// goes wrong in media libraries ends the process.

interface Track {
  readonly context: CodecContext;
  readonly stream: Stream;
  readonly sink: ReturnType<FilterGraph["getFilter"]>;
}

function make(path: string, spec: MediaSpec): void {
  const output = new FormatContext();
  FFmpegError.throwIfError(output.allocOutputContext2(null, "mp4", `file:${path}`), "mp4");
  const tracks: Track[] = [];
  if (spec.video) tracks.push(videoTrack(output, spec.video, spec.seconds));
  if (spec.audio) tracks.push(audioTrack(output, spec.audio, spec.seconds));
  applyOptions(output, { movflags: "+faststart" });
  FFmpegError.throwIfError(output.openOutputSync(), "open");
  FFmpegError.throwIfError(output.writeHeaderSync(), "header");
  for (const track of tracks) encode(output, track);
  FFmpegError.throwIfError(output.writeTrailerSync(), "trailer");
  output.closeOutputSync();
}

function videoTrack(
  output: FormatContext,
  video: NonNullable<MediaSpec["video"]>,
  seconds: number,
): Track {
  const { width, height, rate, pixelFormat = "yuv420p", displayMatrix } = video;
  const sink = graph(
    `testsrc2=size=${width}x${height}:rate=${rate}:duration=${seconds},format=${pixelFormat},buffersink@out`,
    "buffersink@out",
  );
  const context = new CodecContext();
  const codec = Codec.findEncoderByName("libx264" as never);
  context.allocContext3(codec);
  context.width = width;
  context.height = height;
  context.pixelFormat = sink.buffersinkGetFormat() as CodecContext["pixelFormat"];
  const { num, den } = sink.buffersinkGetFrameRate();
  context.framerate = new Rational(num, den);
  context.timeBase = new Rational(den, num);
  context.setFlags(AV_CODEC_FLAG_GLOBAL_HEADER);
  applyOptions(context, { preset: "ultrafast", crf: "18", threads: "1" });
  const stream = open(output, context, codec);
  stream.avgFrameRate = context.framerate;
  if (displayMatrix) {
    const matrix = Buffer.alloc(36);
    displayMatrix.forEach((value, index) => matrix.writeInt32LE(value, index * 4));
    stream.codecpar.addCodedSideData(AV_PKT_DATA_DISPLAYMATRIX, matrix);
  }
  return { context, stream, sink };
}

function audioTrack(
  output: FormatContext,
  { layout, sampleRate, language }: NonNullable<MediaSpec["audio"]>,
  seconds: number,
): Track {
  const sink = graph(
    `sine=frequency=440:sample_rate=${sampleRate}:duration=${seconds},` +
      `aformat=sample_fmts=fltp:channel_layouts=${layout},asetnsamples=n=1024:p=0,abuffersink@out`,
    "abuffersink@out",
  );
  const context = new CodecContext();
  const codec = Codec.findEncoderByName("aac" as never);
  context.allocContext3(codec);
  context.sampleRate = sampleRate;
  context.sampleFormat = sink.buffersinkGetFormat() as CodecContext["sampleFormat"];
  context.channelLayout = sink.buffersinkGetChannelLayout();
  context.timeBase = new Rational(1, sampleRate);
  context.setFlags(AV_CODEC_FLAG_GLOBAL_HEADER);
  const stream = open(output, context, codec);
  if (language !== undefined) stream.metadata = Dictionary.fromObject({ language });
  return { context, stream, sink };
}

function graph(description: string, sinkName: string): NonNullable<Track["sink"]> {
  const filters = new FilterGraph();
  filters.alloc();
  FFmpegError.throwIfError(filters.parsePtr(description), description);
  FFmpegError.throwIfError(filters.configSync(), description);
  const sink = filters.getFilter(sinkName);
  if (!sink) throw new Error(`no ${sinkName}`);
  keep.push(filters);
  return sink;
}

/** What FFmpeg still uses must not be collected. */
const keep: unknown[] = [];

function open(output: FormatContext, context: CodecContext, codec: Codec | null): Stream {
  FFmpegError.throwIfError(context.open2Sync(codec), "open encoder");
  const stream = output.newStream(null);
  FFmpegError.throwIfError(stream.codecpar.fromContext(context), "describe");
  stream.timeBase = context.timeBase;
  return stream;
}

function encode(output: FormatContext, { context, stream, sink }: Track): void {
  const frame = new Frame();
  const packet = new Packet();
  frame.alloc();
  packet.alloc();
  const drain = (): void => {
    while (context.receivePacketSync(packet) >= 0) {
      packet.streamIndex = stream.index;
      if (packet.duration === 0n) packet.duration = 1n;
      packet.rescaleTs(context.timeBase, stream.timeBase);
      FFmpegError.throwIfError(output.interleavedWriteFrameSync(packet), "write");
      packet.unref();
    }
  };
  for (;;) {
    const status = sink?.buffersinkGetFrameSync(frame) ?? AVERROR_EOF;
    if (status < 0) break;
    frame.pictType = 0 as never;
    FFmpegError.throwIfError(context.sendFrameSync(frame), "encode");
    frame.unref();
    drain();
  }
  context.sendFrameSync(null);
  drain();
}

const jobs = JSON.parse(process.argv[2] ?? "[]") as { path: string; spec: MediaSpec }[];
for (const { path, spec } of jobs) make(path, spec);
