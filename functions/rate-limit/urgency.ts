import { type Priority, priorities } from './limits.ts';

/** True when `cls` is served before `other`, or beside it. */
export const servedNoLaterThan = (priority: Priority, other: Priority): boolean =>
  priorities.indexOf(priority) <= priorities.indexOf(other);

/** The class that is served first; `bulk` when there is none. */
export const mostUrgent = (found: readonly Priority[]): Priority =>
  priorities.find((priority) => found.includes(priority)) ?? 'bulk';
