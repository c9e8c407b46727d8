import { describe, expect, it } from 'vitest';
import { commandInputs } from '../../functions/domain/command-inputs.ts';
import { unstorableNumber } from '../../functions/storage/dynamodb.ts';

const items = (input: object) => commandInputs().items.safeParse(input);
const messagesOf = ({ error }: ReturnType<typeof items>): string[] =>
  error?.issues.map(({ path, message }) => `${path.join('/')}: ${message}`) ?? [];

describe('a change of lines', () => {
  it('that names a line twice is refused: only one of the two could be carried out', () => {
    const read = items({
      lines: [
        { line: '1', quantity: 2 },
        { line: '2', quantity: 1 },
        { line: '1', quantity: 5 },
      ],
    });

    expect(messagesOf(read)).toEqual(['lines: names a line twice: say all of it at once']);
  });

  it('that adds a SKU twice is refused: nobody could tell the second from a repeat of the first', () => {
    const read = items({
      added: [
        { sku: 'A', quantity: 1 },
        { sku: 'A', quantity: 2 },
      ],
    });

    expect(messagesOf(read)).toEqual(['added: names a SKU twice: say the whole quantity once']);
  });

  it('takes a line off with 0', () => {
    expect(items({ lines: [{ line: '1', quantity: 0 }] }).success).toBe(true);
  });

  it.each([
    { lines: [{ line: '1', quantity: 1e-200 }] },
    { lines: [{ line: '1', weightKg: 1e-200 }] },
    { lines: [{ line: '1', replacedBy: { sku: 'A', quantity: 1e-200 } }] },
    { added: [{ sku: 'A', quantity: 1e-200 }] },
  ])('with a number that no table keeps is refused: $lines $added', (input) => {
    expect(unstorableNumber(input)).toBeDefined();
    expect(items(input).success).toBe(false);
  });
});
