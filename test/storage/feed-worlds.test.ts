import { describe, expect, it } from 'vitest';
import { type Mistake, runWorld } from './feed-world.ts';

/** More of them every night, each time others. */
const WORLDS = Number(process.env.FEED_WORLDS ?? 500);
const SEED = process.env.FEED_SEED ?? 'feed';

describe('worlds of publishers and readers', () => {
  it(`${WORLDS} of them have no gap, no loss, no number twice, and changes of each key in order`, {
    timeout: WORLDS * 100,
  }, async () => {
    const problems: string[] = [];
    for (let world = 0; world < WORLDS; world += 1) {
      const problem = await runWorld(`${SEED}-${world}`);
      if (problem !== undefined) problems.push(`${SEED}-${world}: ${problem}`);
    }

    expect(problems).toEqual([]);
  });

  it.each<Mistake>(['overwrites', 'reads-on'])('notice that somebody %s', async (mistake) => {
    let noticed = 0;
    for (let world = 0; world < 20; world += 1)
      if ((await runWorld(`mistake-${world}`, mistake)) !== undefined) noticed += 1;

    expect(noticed).toBeGreaterThan(5);
  });
});
