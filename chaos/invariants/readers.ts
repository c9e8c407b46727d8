import { currentInvocation, type Invocation } from '../aws/invocation.ts';

/** Watches who reads from where reading takes away. */
export interface Readers {
  /** A read leaves a function; the function returned says that it is over. */
  began(): () => void;
}

/** `onSecond` hears of a read that begins while another function's is under way. A dead function reads nothing. */
export function createReaders(onSecond: (first: string, second: string) => void): Readers {
  const reading = new Set<Invocation>();
  return {
    began() {
      const mine = currentInvocation();
      if (mine === undefined) return () => {};
      for (const other of reading) if (other !== mine && other.alive) onSecond(other.id, mine.id);
      reading.add(mine);
      return () => reading.delete(mine);
    },
  };
}
