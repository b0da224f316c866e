/** Where the time comes from. */
export interface Clock {
  now(): Date;
}

/** Where new guids come from: lower case, in the plain form. */
export type NewGuid = () => string;
