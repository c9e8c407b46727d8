/** Most that an answer may take as Lambda sends it, which is 6 MB at most, with room for the rest of it (bytes). */
export const MOST_ANSWERED_BYTES = 5.5 * 1024 * 1024;

/**
 * What a part of an answer takes as Lambda sends it, in bytes: the body is text within a JSON document, so that each quote of it
 * takes two bytes, and each within a text of it four.
 */
export const bytesAsSent = (part: unknown): number =>
  Buffer.byteLength(JSON.stringify(JSON.stringify(part ?? null)));
