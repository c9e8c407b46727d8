import { describe, expect, it } from 'vitest';
import { aliasesOf, aliasText, changedAliases } from '../../functions/domain/alias.ts';
import { withoutPerson } from '../../functions/pipeline/privacy/erase.ts';
import { rowOf } from '../storage/samples.ts';

const plain = rowOf('1');
const called = (change: object, row: object = {}) =>
  rowOf('1', { order: { ...plain.order!, ...change }, ...row });
const parcels = (...codes: (string | undefined)[]) => ({
  fulfilment: { ...plain.order!.fulfilment, parcels: codes.map((trackingCode) => ({ trackingCode })) },
});

describe('an order is called', () => {
  it('by its number, the code of its courier and of its parcels, its payment, and by each id of the own system', () => {
    const row = called(
      {
        displayNumber: '#1042',
        courierCode: 'ABC',
        payment: { gatewayId: 'Pay-1' },
        ...parcels('TR-1', 'TR-2'),
      },
      { acknowledgements: { erp: { erpId: 'SO-7' }, wms: { erpId: 'W-7' } } },
    );

    expect(aliasesOf(row)).toEqual([
      { kind: 'number', text: '1042' },
      { kind: 'courier code', text: 'abc' },
      { kind: 'payment', text: 'pay-1' },
      { kind: 'tracking code', text: 'tr-1' },
      { kind: 'tracking code', text: 'tr-2' },
      { kind: 'ERP id', text: 'so-7' },
      { kind: 'ERP id', text: 'w-7' },
    ]);
  });

  it('by nothing of its person, so that an erasure leaves what it is called by', () => {
    const erased = withoutPerson(plain, { at: 0, because: 'operator', request: 'c' });

    const texts = JSON.stringify(aliasesOf(plain));

    for (const text of Object.values(plain.personal ?? {}).filter((one) => typeof one === 'string'))
      expect(texts).not.toContain(aliasText(text));
    expect(aliasesOf(erased)).toEqual(aliasesOf(plain));
  });

  it('by nothing where it is odd, empty, or longer than a key', () => {
    const odd = called({
      displayNumber: 7,
      courierCode: '',
      payment: 'none',
      ...parcels('x'.repeat(201), 'ok'),
    });

    expect(aliasesOf(odd)).toEqual([{ kind: 'tracking code', text: 'ok' }]);
    for (const nothing of [undefined, null, 'row', { state: 'removed' }])
      expect(aliasesOf(nothing)).toEqual([]);
  });
});

describe('a change of a row', () => {
  it('adds what it is called now, and takes back what it is called no more', () => {
    const before = called({ displayNumber: '1', ...parcels('TR-1') });
    const after = called({ displayNumber: '1', ...parcels('TR-2') });

    expect(changedAliases(before, after)).toEqual({
      added: [{ kind: 'tracking code', text: 'tr-2' }],
      gone: [{ kind: 'tracking code', text: 'tr-1' }],
    });
  });

  it('that has nothing to do with it writes nothing', () => {
    expect(changedAliases(plain, { ...plain, version: 2 })).toEqual({ added: [], gone: [] });
  });

  it('takes everything back with the row', () => {
    expect(changedAliases(called({ displayNumber: '1' }), { state: 'removed' }).gone).toContainEqual({
      kind: 'number',
      text: '1',
    });
  });
});
