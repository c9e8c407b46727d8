import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { maskedJson } from '../../ops/data/masked.ts';
import { differencesOf } from '../../ops/data/versions.ts';
import { rowOf } from '../storage/samples.ts';
import { sampleOrder } from '../support/sample-order.ts';

const row = rowOf('20587');

describe('bytes that are shown', () => {
  it('keep their structure, and what the order has where it holds nothing of a person', () => {
    const shown = maskedJson(
      { id: 20587, ok: true, none: null, list: ['confirmed'] },
      { ...row, order: { ...row.order!, status: 'confirmed' } },
    );

    expect(shown).toEqual({ id: 20587, ok: true, none: null, list: ['confirmed'] });
  });

  it('show dots for every other text, and a sign for every other number', () => {
    expect(maskedJson({ who: 'Ana Paula', phone: 5491112345678 }, row)).toEqual({
      who: '•••••••••',
      phone: '#',
    });
  });

  it('mask what a person has too, although the order has it elsewhere', () => {
    const same = { ...row, order: { ...row.order!, displayNumber: 'PERLA' }, personal: { name: 'PERLA' } };

    expect(maskedJson({ name: 'PERLA' }, same)).toEqual({ name: '•••••' });
  });

  it('mask what is so short that it is the same by chance', () => {
    const same = { ...row, order: { ...row.order!, displayNumber: '12' } };

    expect(maskedJson({ house: '12' }, same)).toEqual({ house: '••' });
  });

  it('show no text of a person, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.string({ minLength: 4 }), (value, name) => {
        const person = { ...row, personal: { name } };
        const [, shown] = maskedJson([value, name], person) as unknown[];
        return shown !== name || /^•+$/.test(name);
      }),
      { numRuns: 200 },
    );
  });
});

describe('two versions of an order', () => {
  it('differ in the fields that changed, with what stood there', () => {
    const before = sampleOrder({ status: 'confirmed' });

    expect(differencesOf(before, { ...before, status: 'ready' })).toEqual([
      { field: 'status', before: 'confirmed', after: 'ready' },
    ]);
  });

  it('differ in their person without saying how', () => {
    const before = sampleOrder({});

    expect(differencesOf(before, { ...before, personal: { name: 'Ana' } })).toEqual([{ field: 'personal' }]);
  });

  it('that are the same differ in nothing', () => {
    expect(differencesOf(sampleOrder({}), sampleOrder({}))).toEqual([]);
  });
});
