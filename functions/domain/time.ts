/** Milliseconds since the Unix epoch, UTC. */
export type EpochMs = number;

/** ISO 8601 in UTC with milliseconds. */
export const isoTime = (ms: EpochMs): string => new Date(ms).toISOString();
