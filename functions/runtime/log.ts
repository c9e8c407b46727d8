import { Logger } from '@aws-lambda-powertools/logger';

/** Fields of a log line: ids, counts, names and states. Never personal data, never a body, never a secret. */
export type LogFields = Record<string, string | number | boolean | undefined | readonly string[]>;

/** What the work may say; the Lambda entry points hand in one that writes JSON lines. */
export interface Log {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}

/** A log of one function: what belongs on each line of one call is set when the call begins. */
export interface FunctionLog extends Log {
  begin(fields: LogFields): void;
}

/** A log that writes one JSON line per call to standard output, with the function's name on each. */
export function createLog(options: {
  service: string;
  level: 'DEBUG' | 'INFO' | 'WARN' | 'ERROR';
  merchant: string;
}): FunctionLog {
  const logger = new Logger({
    serviceName: options.service,
    logLevel: options.level,
    persistentKeys: { merchant: options.merchant },
  });
  return {
    begin: (fields) => {
      logger.resetKeys();
      logger.appendKeys({ ...fields });
    },
    debug: (message, fields = {}) => logger.debug(message, { ...fields }),
    info: (message, fields = {}) => logger.info(message, { ...fields }),
    warn: (message, fields = {}) => logger.warn(message, { ...fields }),
    error: (message, fields = {}) => logger.error(message, { ...fields }),
  };
}
