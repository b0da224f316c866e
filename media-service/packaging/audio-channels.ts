/** Channels without the low one, by `acmod` (ETSI TS 102 366, table 4.3). */
const CHANNELS_OF_MODE = [2, 1, 2, 3, 3, 4, 4, 5];

/** HE-AAC version 2: one channel is coded, two are heard (ISO/IEC 14496-3, 1.6.6). */
const PARAMETRIC_STEREO = 29;

/** Channels of AAC by its channelConfiguration; 0 means that the stream itself tells. */
export function aacChannels(decoderConfig: Buffer): number {
  if (decoderConfig.length < 2) return 0;
  const configuration = (decoderConfig.readUInt8(1) >> 3) & 0xf;
  const isParametric = decoderConfig.readUInt8(0) >> 3 === PARAMETRIC_STEREO;
  if (isParametric && configuration === 1) return 2;
  return configuration === 7 ? 8 : configuration;
}

/** Channels of AC-3, from `dac3` (ETSI TS 102 366, F.4). */
export function ac3Channels(dac3: Buffer): number {
  const bits = dac3.readUIntBE(0, 3);
  return channelsOf((bits >> 11) & 7, (bits >> 10) & 1);
}

/** Channels of the first independent substream of Enhanced AC-3, from `dec3` (F.6). */
export function eac3Channels(dec3: Buffer): number {
  const bits = dec3.readUIntBE(2, 3);
  return channelsOf((bits >> 9) & 7, (bits >> 8) & 1);
}

function channelsOf(mode: number, lowFrequency: number): number {
  return (CHANNELS_OF_MODE[mode] ?? 2) + lowFrequency;
}
