import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { EpochMs } from '../../functions/domain/time.ts';

/** Letters of a link and of a session, random: 256 bits. */
const BYTES = 32;
/** Whoever does nothing for so long has left, in ms. */
export const IDLE_MS = 30 * 60_000;

/** Who is let in: whoever has the link of the terminal, once, and then this browser. */
export interface Sessions {
  /** The link's token that is good now. */
  link(): string;
  /** Takes a token in, which is good once. @returns the new session; undefined for every other token */
  open(token: string): string | undefined;
  /** Whether a session is still good. @param active a person did something; a page that looks by itself keeps none alive */
  isOpen(session: string, active: boolean): boolean;
  /** Whether nobody did anything for half an hour. */
  isIdle(): boolean;
}

/** @param options `onLink`: told the next link's token, once the one before was used */
export function createSessions({
  now,
  onLink,
  random = () => randomBytes(BYTES).toString('base64url'),
}: {
  now: () => EpochMs;
  onLink: (token: string) => void;
  random?: () => string;
}): Sessions {
  let link = random();
  let activeAt = now();
  const sessions = new Map<string, EpochMs>();
  return {
    link: () => link,
    open(token) {
      if (!isSame(token, link)) return undefined;
      const session = random();
      link = random();
      activeAt = now();
      sessions.set(session, activeAt);
      onLink(link);
      return session;
    },
    isOpen(session, active) {
      const usedAt = sessions.get(session);
      if (usedAt === undefined) return false;
      if (now() - usedAt >= IDLE_MS) {
        sessions.delete(session);
        return false;
      }
      if (active) {
        activeAt = now();
        sessions.set(session, activeAt);
      }
      return true;
    },
    isIdle: () => now() - activeAt >= IDLE_MS,
  };
}

/** In a time that does not tell how much of it is right. */
function isSame(one: string, other: string): boolean {
  const hash = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(hash(one), hash(other));
}
