import { FFmpegError, FormatContext, type Packet, type Stream } from "node-av";
import type { MediaFile } from "../../plan/encode-plan";
import type { Rational } from "../../probed-media";
import { applyOptions } from "./apply-options";

/** Tells a new stream of a file what its packets are. */
type Describe = (stream: Stream) => void;

/** A track of a file as it is written. */
interface FileTrack {
  /** Set as soon as it is known what the track is. */
  describe?: Describe;
  stream?: Stream;
}

/**
 * An MP4 file that is written while its tracks are made. Its header needs all tracks, so packets wait
 * until each has begun.
 */
export class Mp4File {
  private readonly output = new FormatContext();
  private readonly tracks: FileTrack[];
  private waiting: { packet: Packet; track: FileTrack; timeBase: Rational }[] = [];
  private opened = false;

  constructor(private readonly file: MediaFile) {
    this.tracks = file.tracks.map(() => ({}));
  }

  /** Says what a track is, by its place in the file; its packets may follow. */
  begin(place: number, describe: Describe): void {
    this.track(place).describe = describe;
    if (this.tracks.every((track) => track.describe)) this.open();
  }

  /** Writes a packet whose times are in the given base; the packet's bytes are taken over. */
  write(place: number, packet: Packet, timeBase: Rational): void {
    const track = this.track(place);
    if (this.opened) {
      this.writeNow(track, packet, timeBase);
      return;
    }
    const copy = packet.clone();
    if (!copy) throw new Error("node-av could not keep a packet");
    this.waiting.push({ packet: copy, track, timeBase });
  }

  /** Ends the file; without a single track there is none. */
  finish(): void {
    if (!this.tracks.some((track) => track.describe)) return;
    if (!this.opened) this.open();
    FFmpegError.throwIfError(this.output.writeTrailerSync(), "finish the file");
    this.output.closeOutputSync();
  }

  private track(place: number): FileTrack {
    const track = this.tracks[place];
    if (!track) throw new RangeError(`the file has no track ${place}`);
    return track;
  }

  private open(): void {
    const { path, muxerOptions } = this.file;
    const { output } = this;
    FFmpegError.throwIfError(output.allocOutputContext2(null, "mp4", `file:${path}`), "mp4");
    for (const track of this.tracks) {
      if (!track.describe) continue;
      track.stream = output.newStream(null);
      track.describe(track.stream);
    }
    FFmpegError.throwIfError(output.openOutputSync(), "open the output");
    applyOptions(output, muxerOptions);
    FFmpegError.throwIfError(output.writeHeaderSync(), "begin the file");
    this.opened = true;
    for (const { packet, track, timeBase } of this.waiting) {
      this.writeNow(track, packet, timeBase);
      packet.free();
    }
    this.waiting = [];
  }

  private writeNow({ stream }: FileTrack, packet: Packet, timeBase: Rational): void {
    if (!stream) return;
    packet.rescaleTs(timeBase, stream.timeBase);
    packet.streamIndex = stream.index;
    FFmpegError.throwIfError(this.output.interleavedWriteFrameSync(packet), "write");
  }
}
