import { Logger } from '@aws-lambda-powertools/logger';
import type { Log } from './log.ts';

/** A log that writes one JSON line per call to standard output, with the function's name on each. */
export function createLog(options: {
  service: string;
  level: 'DEBUG' | 'INFO' | 'WARN' | 'ERROR';
  merchant: string;
}): Log {
  const logger = new Logger({
    serviceName: options.service,
    logLevel: options.level,
    persistentKeys: { merchant: options.merchant },
  });
  return {
    debug: (message, fields = {}) => logger.debug(message, { ...fields }),
    info: (message, fields = {}) => logger.info(message, { ...fields }),
    warn: (message, fields = {}) => logger.warn(message, { ...fields }),
    error: (message, fields = {}) => logger.error(message, { ...fields }),
  };
}
