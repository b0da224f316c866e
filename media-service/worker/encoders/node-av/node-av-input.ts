import { statSync } from "node:fs";
import {
  AV_DISPOSITION_ATTACHED_PIC,
  AV_NOPTS_VALUE,
  AV_PKT_DATA_DISPLAYMATRIX,
  AV_TIME_BASE,
  AV_FIELD_PROGRESSIVE,
  AV_FIELD_UNKNOWN,
  AVCOL_TRC_ARIB_STD_B67,
  AVCOL_TRC_SMPTE2084,
  avGetCodecName,
  AVMEDIA_TYPE_AUDIO,
  AVMEDIA_TYPE_VIDEO,
  Codec,
  type CodecParameters,
  CodecContext,
  FFmpegError,
  FormatContext,
  Option,
  type Stream,
} from "node-av";
import { knownMembers } from "../../known-members";
import { FOUR_CC, type ProbedMedia, type ProbedStream, type Rational } from "../../probed-media";
import { INPUT_FORMATS } from "../input-formats";
import { applyOptions } from "./apply-options";

/** Opens a media file; nothing but a local file of a known container is opened. */
export function openInput(path: string): FormatContext {
  const input = new FormatContext();
  input.allocContext();
  applyOptions(input, { protocol_whitelist: "file", format_whitelist: INPUT_FORMATS });
  FFmpegError.throwIfError(input.openInputSync(`file:${path}`), "open");
  FFmpegError.throwIfError(input.findStreamInfoSync(null), "read the streams");
  return input;
}

/** What a file holds, in the form that ffprobe's answer has too. */
export function probe(path: string): ProbedMedia {
  const input = openInput(path);
  const media: ProbedMedia = knownMembers({
    formatName: input.iformat?.name ?? "unknown",
    formatLongName: input.iformat?.longName ?? undefined,
    sizeBytes: statSync(path).size,
    durationSeconds: seconds(input.duration, { num: 1, den: AV_TIME_BASE }),
    startSeconds: seconds(input.startTime, { num: 1, den: AV_TIME_BASE }),
    streams: input.streams.map(probeStream),
  });
  input.closeInputSync();
  return media;
}

function probeStream(stream: Stream): ProbedStream {
  const { codecpar } = stream;
  const common = knownMembers({
    index: stream.index,
    codec: avGetCodecName(codecpar.codecId) ?? "unknown",
    bitsPerSecond: codecpar.bitRate > 0n ? Number(codecpar.bitRate) : undefined,
    startSeconds: seconds(stream.startTime, stream.timeBase),
    durationSeconds: seconds(stream.duration, stream.timeBase),
    language: stream.metadata?.get("language") ?? undefined,
    timeBase: fraction(stream.timeBase),
    fourCc: fourCc(codecpar),
  });
  if (codecpar.codecType === AVMEDIA_TYPE_VIDEO) {
    return { ...common, kind: "video", ...probeVideo(stream) };
  }
  if (codecpar.codecType === AVMEDIA_TYPE_AUDIO) {
    const { channelLayout, sampleRate } = codecpar;
    return { ...common, kind: "audio", channels: channelLayout.nbChannels, sampleRate };
  }
  return { ...common, kind: "other" };
}

function probeVideo(stream: Stream): Partial<ProbedStream> {
  const { codecpar } = stream;
  const matrix = codecpar.getCodedSideData(AV_PKT_DATA_DISPLAYMATRIX);
  return knownMembers({
    width: codecpar.width,
    height: codecpar.height,
    sampleAspectRatio: fraction(stream.sampleAspectRatio),
    averageFrameRate: fraction(stream.avgFrameRate),
    nominalFrameRate: fraction(stream.rFrameRate),
    displayMatrix: matrix ? readMatrix(matrix) : undefined,
    interlaced: isInterlaced(stream),
    transfer: TRANSFERS.get(codecpar.colorTrc),
    attachedPicture: (stream.disposition & AV_DISPOSITION_ATTACHED_PIC) !== 0 || undefined,
  });
}

/** FFmpeg's names of the transfer functions of high dynamic range. */
const TRANSFERS = new Map<number, string>([
  [AVCOL_TRC_SMPTE2084, "smpte2084"],
  [AVCOL_TRC_ARIB_STD_B67, "arib-std-b67"],
]);

/** The order of fields is told by a decoder's options alone. */
function isInterlaced({ codecpar }: Stream): true | undefined {
  const codec = Codec.findDecoder(codecpar.codecId);
  if (!codec) return undefined;
  const context = new CodecContext();
  context.allocContext3(codec);
  codecpar.toContext(context);
  const order = Option.getInt(context.getNative(), "field_order") ?? AV_FIELD_UNKNOWN;
  context.freeContext();
  return (
    (order !== (AV_FIELD_UNKNOWN as number) && order !== (AV_FIELD_PROGRESSIVE as number)) ||
    undefined
  );
}

function fourCc({ codecTagString }: CodecParameters): string | undefined {
  return FOUR_CC.exec(codecTagString ?? "")?.[0];
}

/** Nine 32-bit numbers in the machine's own byte order, which is little-endian wherever Node runs. */
function readMatrix(data: Buffer): number[] {
  return Array.from({ length: 9 }, (_, index) => data.readInt32LE(index * 4));
}

function fraction({ num, den }: Rational): Rational | undefined {
  return num > 0 && den > 0 ? { num, den } : undefined;
}

function seconds(ticks: bigint, timeBase: Rational): number | undefined {
  if (ticks === AV_NOPTS_VALUE) return undefined;
  return (Number(ticks) * timeBase.num) / timeBase.den;
}
