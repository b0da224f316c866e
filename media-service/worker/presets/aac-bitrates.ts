import type { AacAudio } from "./preset";

/**
 * Least and most kilobits a second of AAC-LC by channels and sampling rate ("Media Encoder Standard
 * schema", Audio codec details; upper bounds below 40 kbit/s are exclusive there).
 *
 * {@link https://learn.microsoft.com/azure/media-services/previous/media-services-mes-schema}
 */
export const AAC_BITRATES: Readonly<
  Record<AacAudio["channels"], Readonly<Record<number, readonly [number, number]>>>
> = {
  1: {
    11025: [8, 15],
    12000: [8, 15],
    16000: [8, 31],
    22050: [24, 31],
    24000: [24, 31],
    32000: [32, 192],
    44100: [56, 288],
    48000: [56, 288],
    88200: [128, 288],
    96000: [128, 288],
  },
  2: {
    11025: [16, 23],
    12000: [16, 23],
    16000: [16, 39],
    22050: [32, 39],
    24000: [32, 39],
    32000: [40, 384],
    44100: [96, 576],
    48000: [96, 576],
    88200: [256, 576],
    96000: [256, 576],
  },
  5: {
    32000: [160, 896],
    44100: [240, 1024],
    48000: [240, 1024],
    88200: [640, 1024],
    96000: [640, 1024],
  },
  6: {
    32000: [160, 896],
    44100: [240, 1024],
    48000: [240, 1024],
    88200: [640, 1024],
    96000: [640, 1024],
  },
};
