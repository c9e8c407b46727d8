import { type Priority, priorities } from './limits.ts';

/** The class that is served first; `bulk` when there is none. */
export const mostUrgent = (found: readonly Priority[]): Priority =>
  priorities.find((priority) => found.includes(priority)) ?? 'bulk';
