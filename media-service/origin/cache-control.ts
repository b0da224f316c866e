/** Segments never change under their URL; 30 days, as the delivery rules say too. */
export const KEEP = "public, max-age=2592000, immutable";

/** Manifests are asked for again after a few seconds, so that a withdrawn video ends. */
export const BRIEFLY = "public, max-age=4";
