/**
 * What AWS asks for in us-east-1, in US dollars for a million of each: on demand, ARM, the first tier, nothing free.
 * (AWS price lists, November 2026.) A gigabyte of log is 0.50 dollars, so a million bytes are 0.0005.
 */
export const USD_PER_MILLION = {
  lambdaGigabyteSecond: 13.333_4,
  lambdaRequest: 0.2,
  queueRequest: 0.4,
  writeUnit: 0.625,
  readUnit: 0.125,
  httpRequest: 1,
  secretCall: 5,
  trace: 5,
  logByte: 0.000_5,
} as const;

/** Seconds of the month that prices per month are for, of 730 hours. */
export const MONTH_S = 730 * 3600;
