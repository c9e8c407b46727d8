const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** A repeatable source of randomness: the same seed gives the same sequence on every machine. */
export interface SeededRandom {
  /** A number in [0, 1). */
  next(): number;
  /** An integer between both bounds, both included. */
  int(min: number, max: number): number;
  /** True with the given probability (0 to 1). Draws nothing for 0 and 1. */
  chance(probability: number): boolean;
  /** One element. Throws a RangeError for an empty list. */
  pick<T>(list: readonly T[]): T;
  /** `length` lower-case hexadecimal digits. */
  hex(length: number): string;
  /** `length` decimal digits, the first never 0. */
  digits(length: number): string;
  /** A ULID whose time part is `now` (Unix milliseconds). */
  ulid(now: number): string;
  /** A version 4 UUID. */
  uuid(): string;
  /** An independent generator, so that one consumer's draws never shift another's. */
  fork(label: string): SeededRandom;
}

/** Makes a generator from a seed. The algorithm is sfc32, seeded by an FNV-1a hash. */
export function createSeededRandom(seed: number | string): SeededRandom {
  const next = sfc32(String(seed));
  const int = (min: number, max: number) => min + Math.floor(next() * (max - min + 1));
  const chars = (length: number, alphabet: string) =>
    Array.from({ length }, () => alphabet.charAt(int(0, alphabet.length - 1))).join('');
  const hex = (length: number) => chars(length, '0123456789abcdef');
  return {
    next,
    int,
    chance: (probability) => probability >= 1 || (probability > 0 && next() < probability),
    pick: (list) => {
      const chosen = list[int(0, list.length - 1)];
      if (chosen === undefined) throw new RangeError('Cannot pick from an empty list.');
      return chosen;
    },
    hex,
    digits: (length) => `${int(1, 9)}${chars(length - 1, '0123456789')}`,
    ulid: (now) => crockfordTime(now) + chars(16, CROCKFORD),
    uuid: () => `${hex(8)}-${hex(4)}-4${hex(3)}-${chars(1, '89ab')}${hex(3)}-${hex(12)}`,
    fork: (label) => createSeededRandom(`${seed}/${label}`),
  };
}

function crockfordTime(now: number): string {
  let rest = Math.floor(now);
  let text = '';
  for (let i = 0; i < 10; i += 1) {
    text = CROCKFORD.charAt(rest % 32) + text;
    rest = Math.floor(rest / 32);
  }
  return text;
}

function sfc32(seed: string): () => number {
  let a = fnv1a(`${seed}a`);
  let b = fnv1a(`${seed}b`);
  let c = fnv1a(`${seed}c`);
  let counter = 1;
  const next = () => {
    const sum = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum;
    c |= 0;
    return (sum >>> 0) / 4294967296;
  };
  // The first outputs still resemble the seed.
  for (let i = 0; i < 16; i += 1) next();
  return next;
}

function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  }
  return hash | 0;
}
