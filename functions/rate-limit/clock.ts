/** Milliseconds since 1970-01-01T00:00:00Z. */
export type EpochMs = number;

/** The only source of time of this room: a test moves it, a function hands in the machine's. */
export interface Clock {
  now(): EpochMs;
}

/** Waits for a number of milliseconds on the same time line as the {@link Clock}. */
export type Sleep = (ms: number) => Promise<void>;
