import { expect, it } from 'vitest';
import { type Movement, movedSince, movementsWith } from '../../../functions/domain/stock/movements.ts';

const HOUR = 3_600_000;

it('counts what orders moved since a time, up or down, in whole units', () => {
  const moves = [
    [1000, 1 * HOUR],
    [-2500, 2 * HOUR],
    [1000, 3 * HOUR],
  ].reduce<Movement[]>((known, [amount, at]) => movementsWith(known, amount!, at!), []);

  expect([movedSince(moves, 0), movedSince(moves, 2 * HOUR), movedSince(moves, 3 * HOUR + 1)]).toEqual([
    5, 4, 0,
  ]);
});

it('stays small: the oldest count as one, and never as older than they are', () => {
  let moves: Movement[] = [];
  for (let at = 1; at <= 100; at += 1) moves = movementsWith(moves, 1000, at);

  expect(moves.length).toBeLessThan(20);
  expect(movedSince(moves, 0)).toBe(100);
  expect(movedSince(moves, 60)).toBeGreaterThanOrEqual(41);
});

it('forgets what no comparison asks for any more', () => {
  expect(movementsWith([{ at: 0, amount: 1000 }], 1000, 51 * HOUR)).toHaveLength(1);
});
