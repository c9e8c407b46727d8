import { describe, expect, it } from 'vitest';
import { emailOf } from '../../functions/domain/email.ts';
import { emailText } from '../../functions/domain/email-text.ts';
import { customerRowOf, rowOf } from '../storage/samples.ts';

describe('an e-mail address', () => {
  it.each([
    ['ana@example.com', 'ana@example.com'],
    ['  Ana@Example.COM\n', 'ana@example.com'],
    // One mailbox at one provider, three at another.
    ['a.n.a+shop@example.com', 'a.n.a+shop@example.com'],
    ['ana@pedidos', 'ana@pedidos'],
  ])('%j is looked for as %s', (text, wanted) => {
    expect(emailText(text)).toBe(wanted);
  });

  it.each([
    '',
    '1042',
    '@example.com',
    'ana@',
    'ana@b@c',
    'ana maria@example.com',
    `${'a'.repeat(250)}@b.co`,
  ])('%j is none', (text) => {
    expect(emailText(text)).toBeUndefined();
  });

  it('is the one of the person of an order or a customer', () => {
    const order = rowOf('1', { personal: { email: ' Ana@Example.com' } });

    expect([emailOf(order), emailOf(customerRowOf('1'))]).toEqual([
      'ana@example.com',
      'invented@example.com',
    ]);
  });

  it.each([
    undefined,
    'row',
    {},
    { personal: 'x' },
    { personal: { email: 7 } },
    { personal: { email: '-' } },
  ])('is none of a row such as %j', (row) => {
    expect(emailOf(row)).toBeUndefined();
  });
});
