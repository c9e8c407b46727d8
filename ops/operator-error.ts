/** Something the operator can put right: shown as its message alone. It says what is wrong and what to do. */
export class OperatorError extends Error {
  override readonly name = 'OperatorError';
}
