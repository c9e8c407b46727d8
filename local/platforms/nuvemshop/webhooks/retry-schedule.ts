const MINUTE = 60_000;
const WINDOW = 48 * 60 * MINUTE;

/**
 * Waits between delivery attempts, in milliseconds: at once, then 5, 10 and 15 minutes, then each 1.4 times the one
 * before, inside 48 hours (reference, webhook page). Of the 18 attempts that the page names, 16 fit into the window.
 */
export function retryWaits(attempts: number): number[] {
  const waits: number[] = [];
  let total = 0;
  for (let index = 0; index < attempts - 1; index += 1) {
    const wait = index < 4 ? index * 5 * MINUTE : Math.round(15 * MINUTE * 1.4 ** (index - 3));
    if (total + wait > WINDOW) break;
    total += wait;
    waits.push(wait);
  }
  return waits;
}
