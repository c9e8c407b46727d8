import { currentInvocation } from '../aws/invocation.ts';

/** Watches whose calls follow each other: calls of two runs of one job that mingle mean that both are at work. */
export interface Runs {
  /** A call to a store leaves a function. @param store the store's name */
  called(store: string): void;
}

const JOB = /-reconcile$/;

/** `onSecond` hears of a run that goes on after another one of the same job made a call. */
export function createRuns(onSecond: (first: string, second: string) => void): Runs {
  const latest = new Map<string, { id: string; before: Set<string> }>();
  return {
    called(store) {
      const run = currentInvocation();
      if (run === undefined || !JOB.test(run.name)) return;
      const key = `${store} ${run.name}`;
      const known = latest.get(key) ?? { id: run.id, before: new Set() };
      latest.set(key, known);
      if (known.id === run.id) return;
      if (known.before.has(run.id)) onSecond(run.id, known.id);
      known.before.add(known.id);
      known.id = run.id;
    },
  };
}
