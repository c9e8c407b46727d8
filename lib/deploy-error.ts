/**
 * Something about the deployment that its author can put right: shown as its message alone, without a stack trace. The
 * message says what is wrong and what to do.
 */
export class DeployError extends Error {
  override readonly name = 'DeployError';
}
