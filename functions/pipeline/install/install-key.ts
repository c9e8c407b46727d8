import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

/** The name under which an installation link carries the key. */
export const KEY_PARAMETER = 'key';

/** Lets in who has the installation link, and knows the states of installations that began with it, without a table. */
export interface InstallKey {
  /** Whether a link carries the key. */
  opens(given: string | undefined): boolean;
  /** A new state that nobody can guess or make. */
  seal(): string;
  /** Whether a text has the form of a state that `seal` made: anything else is not worth a look into the table. */
  sealed(state: string): boolean;
  /** The path at which an installation begins, with the key. */
  linkTo(path: string): string;
}

/** Random part of a state, and the part that proves that we made it; both in bytes. */
const RANDOM_BYTES = 18;
const SEAL_BYTES = 15;
const RANDOM_LENGTH = (RANDOM_BYTES / 3) * 4;

export function createInstallKey(key: string): InstallKey {
  const sealOf = (random: string) =>
    createHmac('sha256', key).update(random).digest().subarray(0, SEAL_BYTES).toString('base64url');
  return {
    opens: (given) => given !== undefined && isEqual(given, key),
    seal() {
      const random = randomBytes(RANDOM_BYTES).toString('base64url');
      return `${random}${sealOf(random)}`;
    },
    sealed: (state) => isEqual(state.slice(RANDOM_LENGTH), sealOf(state.slice(0, RANDOM_LENGTH))),
    linkTo: (path) => `${path}?${new URLSearchParams({ [KEY_PARAMETER]: key })}`,
  };
}

/** Takes the same time whatever the texts have in common: digests of equal length are compared. */
const isEqual = (one: string, other: string): boolean => timingSafeEqual(digest(one), digest(other));
const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
