import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseJson } from '../../../functions/http/answer.ts';
import {
  NUVEMSHOP_EVENTS,
  readNuvemshopEvent,
  wantedEvents,
} from '../../../functions/platforms/nuvemshop/webhook-bodies.ts';

const WANTED_EVENTS = wantedEvents({ mirrorsProducts: true, mirrorsCustomers: true });

describe('reading a webhook', () => {
  it('names the order of an order event by id (documented)', () => {
    expect(readNuvemshopEvent({ store_id: 5665778, event: 'order/created', id: 1639882221 })).toEqual({
      ok: true,
      storeId: '5665778',
      event: 'order/created',
      known: true,
      orderId: '1639882221',
    });
  });

  it('names the order of a fulfilment order event by order_id, for it has no id (documented)', () => {
    const body = {
      store_id: '5145204',
      event: 'fulfillment_order/status_updated',
      order_id: '1822717346',
      fulfillment_id: '01K9QFMHKYRJGQV5Y289WBYMFZ',
      status: 'DISPATCHED',
    };
    expect(readNuvemshopEvent(body)).toMatchObject({ storeId: '5145204', orderId: '1822717346' });
  });

  it('takes ids as numbers and as texts (documented)', () => {
    const numbers = readNuvemshopEvent({ store_id: 1, event: 'order/paid', id: 2 });
    expect(readNuvemshopEvent({ store_id: '1', event: 'order/paid', id: '2' })).toEqual(numbers);
  });

  it('keeps the digits of ids beyond 2^53', () => {
    const json = parseJson('{"store_id":1,"event":"order/paid","id":98765432109876543210}');
    expect(readNuvemshopEvent(json)).toMatchObject({ orderId: '98765432109876543210' });
  });

  it.each([
    'app/uninstalled',
    'category/updated',
    'domain/updated',
    'subscription/updated',
    'location/created',
  ])('knows %s and takes no order from it, whatever its id is', (event) => {
    const read = readNuvemshopEvent({ store_id: 1, event, id: '01HTMFDH09VC6E2Q8KGTGP44D3' });
    expect(read).toEqual({ ok: true, storeId: '1', event, known: true });
  });

  it.each(['product/created', 'product/updated', 'product/deleted'])('takes the product from %s', (event) => {
    expect(readNuvemshopEvent({ store_id: 1, event, id: 7 })).toEqual({
      ok: true,
      storeId: '1',
      event,
      known: true,
      productId: '7',
    });
  });

  it('refuses an event of a product that names none', () => {
    expect(readNuvemshopEvent({ store_id: 1, event: 'product/updated' })).toMatchObject({ ok: false });
  });

  it('takes an event nobody knows for what it is', () => {
    expect(readNuvemshopEvent({ store_id: 1, event: 'order/teleported', id: 7 })).toMatchObject({
      known: false,
      orderId: '7',
    });
    expect(readNuvemshopEvent({ store_id: 1, event: 'moon/risen' })).toMatchObject({
      ok: true,
      known: false,
    });
  });

  it('uses the order of fulfillment/updated where it names one; its body is not documented', () => {
    expect(readNuvemshopEvent({ store_id: 1, event: 'fulfillment/updated', order_id: 5 })).toMatchObject({
      orderId: '5',
    });
    expect(readNuvemshopEvent({ store_id: 1, event: 'fulfillment/updated' })).not.toHaveProperty('orderId');
  });

  it.each([
    ['an order event without its order', { store_id: 1, event: 'order/paid' }, 'id'],
    [
      'a fulfilment event without its order',
      { store_id: 1, event: 'fulfillment_order/status_updated', id: 3 },
      'order_id',
    ],
    ['an order id that climbs', { store_id: 1, event: 'order/paid', id: '../store' }, 'id'],
    ['no store', { event: 'order/paid', id: 1 }, 'store_id'],
    ['no event', { store_id: 1, id: 1 }, 'event'],
    ['a list', [], 'the whole'],
    ['nothing', null, 'the whole'],
    ['a rounded id', { store_id: 1, event: 'order/paid', id: 2 ** 60 }, 'id'],
  ])('says what is wrong with %s, without its values', (_, body, field) => {
    const read = readNuvemshopEvent(body);
    expect(read.ok).toBe(false);
    if (!read.ok) expect(read.problem).toMatch(new RegExp(`^${field}:`));
  });

  it('throws at nothing', () => {
    fc.assert(
      fc.property(fc.anything(), fc.constantFrom('id', 'order_id', 'store_id', 'event'), (value, key) => {
        readNuvemshopEvent(value);
        readNuvemshopEvent({ store_id: 1, event: 'order/paid', id: 1, [key]: value });
      }),
    );
  });

  it('wants only events that exist, each once', () => {
    expect(wantedEvents({ mirrorsProducts: false, mirrorsCustomers: false })).toEqual(
      WANTED_EVENTS.filter((event) => !/^(product|customer)\//.test(event)),
    );
    expect(new Set(WANTED_EVENTS).size).toBe(WANTED_EVENTS.length);
    for (const event of WANTED_EVENTS) expect(NUVEMSHOP_EVENTS).toContain(event);
    // Homologation makes these two mandatory (documented).
    expect(WANTED_EVENTS).toEqual(expect.arrayContaining(['app/uninstalled', 'app/suspended']));
  });
});
