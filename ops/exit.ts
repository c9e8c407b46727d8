/** Exit codes of the commands, as `--help` tells them. */
export const EXIT = { done: 0, needsPerson: 1, couldNotRun: 2, refusedByPlatform: 3, inDoubt: 4 } as const;
