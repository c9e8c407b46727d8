/** Fields of a log line: ids, counts, names and states. Never personal data, never a body, never a secret. */
export type LogFields = Record<string, string | number | boolean | undefined | readonly string[]>;

/** What the work may say; the Lambda entry points hand in one that writes JSON lines. */
export interface Log {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}
