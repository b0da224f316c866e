/**
 * The containers a source may be in. Playlists are left out on purpose: they name other files, and
 * a file that a client sends must not make the encoder open anything else.
 */
export const INPUT_FORMATS = [
  "mov",
  "matroska",
  "mpegts",
  "mpeg",
  "avi",
  "flv",
  "asf",
  "mxf",
  "ogg",
  // For sources with sound alone, so that they are told apart from what is no media.
  "mp3",
  "wav",
  "flac",
  "aac",
].join(",");
