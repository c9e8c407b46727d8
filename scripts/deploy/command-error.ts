/** Exit codes of the words, as `--help` tells them. */
export const EXIT = { done: 0, refused: 1, couldNotRun: 2 } as const;

/** Why a word ended without doing what it is for: a message for a person, and the exit code. */
export class DeployCommandError extends Error {
  override readonly name = 'DeployCommandError';
  readonly exitCode: number;

  constructor(message: string, exitCode: number = EXIT.couldNotRun) {
    super(message);
    this.exitCode = exitCode;
  }
}
