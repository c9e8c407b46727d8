import { getEnvironmentData, isMainThread } from 'node:worker_threads';

/** What the local cloud leaves in the thread of a function, before it loads the function's code. */
export const LOCAL_CLOUD_MARK = 'acopio/local-cloud';

/**
 * Whether this code runs as a function of the local cloud. Only then may a call go to this machine itself.
 *
 * Nothing that can be configured says so: no environment variable, no setting, no event and no stored item. The local cloud
 * runs a function in a thread of its own and marks that thread; Lambda runs it in the main thread, and nothing there can set
 * the mark but code.
 */
export const runsInLocalCloud = (): boolean => !isMainThread && getEnvironmentData(LOCAL_CLOUD_MARK) === true;
