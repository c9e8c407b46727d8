import { type Class, classes } from './limits.ts';

/** True when `cls` is served before `other`, or beside it. */
export const servedNoLaterThan = (cls: Class, other: Class): boolean =>
  classes.indexOf(cls) <= classes.indexOf(other);

/** The class that is served first; `bulk` when there is none. */
export const mostUrgent = (found: readonly Class[]): Class =>
  classes.find((cls) => found.includes(cls)) ?? 'bulk';
