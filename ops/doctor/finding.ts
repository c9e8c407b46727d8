/** `green`: nothing to do. `yellow`: somebody should look at it. `red`: orders, events or alarms are missing. `unknown`: nobody can tell here. */
export type Level = 'green' | 'yellow' | 'red' | 'unknown';

/** One thing that was looked at. */
export interface Finding {
  level: Level;
  /** What was looked at, such as `alarm mails`. */
  what: string;
  /** What was found. */
  why: string;
  /** The operator's command that mends it, without the program's name. */
  command?: string;
  /** What to do where no command of ours can. */
  next?: string;
}

export const green = (what: string, why: string): Finding => ({ level: 'green', what, why });

/** Of several levels the one that counts. */
export const worst = (findings: readonly Finding[]): Level => {
  const levels: readonly Level[] = ['red', 'yellow', 'unknown'];
  return levels.find((level) => findings.some((one) => one.level === level)) ?? 'green';
};
