/**
 * The text of UTF-8 bytes, without a byte order mark in front. Never throws: what is not UTF-8 becomes U+FFFD. Everything
 * that reads stored or received bytes as text reads them here, so that no reader stumbles over what another one takes.
 */
export const textOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

/** The text of bytes that are UTF-8 to the last one, without a byte order mark; undefined for any others. */
export function strictTextOf(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
