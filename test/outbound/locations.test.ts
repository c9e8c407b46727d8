import { beforeEach, describe, expect, it } from 'vitest';
import type { LocationInput } from '../../functions/domain/location.ts';
import {
  type LocationTarget,
  type LocationWriter,
  orderLocations,
  putLocation,
} from '../../functions/outbound/locations.ts';
import type { LocationPort } from '../../functions/platforms/places.ts';
import { createLocationLinks } from '../../functions/storage/creations.ts';
import { movedClock } from '../support/fakes.ts';
import { localTables } from '../support/local-tables.ts';
import { locationShop } from '../support/location-shop.ts';

const tables = localTables();
const shop = locationShop();
const clock = movedClock();
let storeId = 0;
beforeEach(() => {
  shop.clear();
  storeId += 1;
});

const writerOf = (): LocationWriter => ({
  port: shop.places.locations as unknown as LocationPort,
  api: { correlationId: 'c', admit: async () => {} },
  links: createLocationLinks({ ...tables, platform: 'shop', storeId: String(storeId), clock }),
  clock,
  callsForMs: 60_000,
});
const OWN: LocationTarget = { externalId: 'dep-1' };
const WANTED: LocationInput = { name: 'Depósito Norte', address: { city: 'Salta' } };
const put = (input = WANTED, target: LocationTarget = OWN) => putLocation(writerOf(), target, input);
const unknown = () => shop.error({ outcomeUnknown: true });

describe('a location of the merchant’s system', () => {
  it('is made where there is none, and a repeat calls nothing', async () => {
    const made = await put();
    const again = await put();

    expect(made).toMatchObject({
      outcome: 'written',
      changed: ['created'],
      location: { name: { es: 'Depósito Norte' }, externalId: 'dep-1' },
      unconfirmed: [],
    });
    expect(again).toMatchObject({ changed: [] });
    expect(shop.calls).toEqual(['list', 'create', 'list', 'list']);
  });

  it('is the one of its name that is nobody’s yet', async () => {
    const { id } = shop.add({ name: { es: 'Depósito Norte' } });

    const done = await put();

    expect(done).toMatchObject({ location: { id, externalId: 'dep-1' }, changed: ['address'] });
    expect(await put(WANTED, { externalId: 'dep-2' })).toMatchObject({ changed: ['created'] });
  });

  it('is refused where several have its name: nobody knows which', async () => {
    shop.add({ name: { es: 'Depósito Norte' } });
    shop.add({ name: { es: 'Depósito Norte' } });

    expect(await put()).toEqual({ outcome: 'ambiguous' });
    expect(shop.writes()).toEqual([]);
  });

  it('stays the linked one when its name changes, on either side', async () => {
    await put();
    shop.change([...shop.there.keys()][0]!, { name: { es: 'Renombrado' } });

    await put({ name: 'Depósito Norte' });
    await put({ name: 'Depósito Sur' });

    expect([...shop.there.values()].map(({ name }) => name.es)).toEqual(['Depósito Sur']);
    expect(shop.writes().filter((call) => call === 'create')).toHaveLength(1);
  });

  it('is not made by a slow request that looked before another one made it', async () => {
    const slow = writerOf();
    const { links } = slow;
    const of: typeof links.of = async (externalId) => {
      const known = await links.of(externalId);
      await put();
      return known;
    };

    const late = await putLocation({ ...slow, links: { ...links, of } }, OWN, WANTED);

    expect(late).toMatchObject({ outcome: 'wait' });
    expect(shop.writes()).toEqual(['create']);
  });

  it('is made again once the linked one was deleted', async () => {
    await put();
    shop.there.clear();
    clock.move(80_000);

    expect(await put()).toMatchObject({ changed: ['created'] });
  });

  it('is not made again while a list that lags behind does not show it', async () => {
    await put();
    shop.there.clear();

    expect(await put()).toEqual({ outcome: 'wait', retryAfterMs: 10_000 });
    expect(shop.writes()).toEqual(['create']);
  });

  it('names each field that a new one needs, and calls nothing', async () => {
    expect(await put({ default: true })).toMatchObject({
      outcome: 'invalid',
      fields: [{ pointer: '/name' }, { pointer: '/address/city' }],
    });
    expect(shop.writes()).toEqual([]);
  });

  it('names what the platform cannot have, before it asks anything', async () => {
    expect(await put({ name: { fr: 'Dépôt' } })).toMatchObject({
      outcome: 'invalid',
      fields: [{ pointer: '/name/fr' }],
    });
    expect(shop.calls).toEqual([]);
  });
});

describe('a call that makes a location', () => {
  it('names the plan that refuses it, and is made anew once the plan allows it', async () => {
    shop.add();
    const error = shop.error({ kind: 'refused', status: 422, said: 'your plan allows 1 location' });
    shop.faults.push({ call: 'create', when: 'before', error });

    expect(await put()).toEqual({ outcome: 'plan', plan: 'Básico', locations: 1 });
    expect(await put()).toMatchObject({ changed: ['created'] });
  });

  it('is told as it was refused, where the plan is not why', async () => {
    const error = shop.error({ kind: 'refused', status: 422, said: 'zipcode is wrong' });
    shop.faults.push({ call: 'create', when: 'before', error });

    await expect(put()).rejects.toBe(error);
  });

  it('is found where its answer was lost', async () => {
    shop.faults.push({ call: 'create', when: 'after', error: unknown() });

    expect(await put()).toMatchObject({ outcome: 'written', changed: ['created'] });
    expect(shop.there.size).toBe(1);
  });

  it('is not made again while the platform may still hold it, and then is', async () => {
    shop.faults.push({ call: 'create', when: 'before', error: unknown() });

    expect(await put()).toEqual({ outcome: 'wait', retryAfterMs: 10_000 });
    clock.move(10_000);
    expect(await put()).toEqual({ outcome: 'wait', retryAfterMs: 70_000 });
    clock.move(70_000);
    expect(await put()).toMatchObject({ changed: ['created'] });
    expect(shop.there.size).toBe(1);
  });

  it('is not made again by whoever finds that a run was cut off in it', async () => {
    shop.faults.push({ call: 'create', when: 'after', error: new Error('killed') });
    await put().catch(() => undefined);

    expect(await put()).toMatchObject({ changed: [], location: { externalId: 'dep-1' } });
    expect(shop.there.size).toBe(1);
  });

  it('is made once, however many ask at once', async () => {
    const all = await Promise.all(Array.from({ length: 6 }, () => put()));

    expect(shop.there.size).toBe(1);
    expect(new Set(all.map(({ outcome }) => outcome))).toEqual(new Set(['written', 'wait']));
  });
});

describe('a location that is there', () => {
  it('is changed in what differs, and in nothing else', async () => {
    shop.add();
    const { id } = shop.add();

    const done = await put({ address: { city: 'Rosario' }, default: true }, { locationId: id });

    expect(done).toMatchObject({ changed: ['default'], location: { id, isDefault: true }, unconfirmed: [] });
    expect(shop.calls).toEqual(['list', 'default', 'list']);
  });

  it('is unknown where the store has no such id: none is made', async () => {
    expect(await put(WANTED, { locationId: 'L99' })).toEqual({ outcome: 'location-unknown' });
    expect(shop.writes()).toEqual([]);
  });

  it('names what the platform took and does not show', async () => {
    const { id } = shop.add();
    const port = { ...shop.places.locations, update: async () => {} } as unknown as LocationPort;

    const done = await putLocation({ ...writerOf(), port }, { locationId: id }, { name: 'Otro' });

    expect(done).toMatchObject({ changed: ['name'], unconfirmed: ['name'] });
  });
});

describe('whoever only looks', () => {
  const looking = (input: LocationInput, target: LocationTarget = OWN) =>
    putLocation({ ...writerOf(), onlyLooks: true }, target, input);

  it('is told what would be made, and nothing is remembered of it', async () => {
    expect(await looking({ ...WANTED, default: true })).toMatchObject({ changed: ['created', 'default'] });
    expect(await writerOf().links.of('dep-1')).toBeUndefined();
    expect(shop.writes()).toEqual([]);
  });

  it('is told what would be changed, of one that would be taken for it too', async () => {
    shop.add({ name: { es: 'Depósito Norte' } });

    expect(await looking(WANTED)).toMatchObject({ changed: ['address'] });
    expect(await writerOf().links.of('dep-1')).toBeUndefined();
    expect(shop.writes()).toEqual([]);
  });

  it('is told in which order they would come', async () => {
    const ids = [shop.add(), shop.add()].map(({ id }) => id);

    const told = await orderLocations({ ...writerOf(), onlyLooks: true }, [{ locationId: ids[1]! }]);

    expect(told).toMatchObject({ changed: true, locations: [{ id: ids[1] }, { id: ids[0] }] });
    expect(shop.writes()).toEqual([]);
  });
});

describe('the order of locations', () => {
  const ids = () => [...shop.there.values()].sort((a, b) => a.priority! - b.priority!).map(({ id }) => id);

  it('begins with those that are named, and the others follow as they were', async () => {
    for (let at = 0; at < 4; at += 1) shop.add();

    const [first, second, third, fourth] = shop.there.keys();

    const named = [third, first].map((locationId) => ({ locationId: locationId! }));
    const done = await orderLocations(writerOf(), named);

    expect(ids()).toEqual([third, first, second, fourth]);
    expect(done).toMatchObject({ outcome: 'ordered', changed: true, unconfirmed: false });
  });

  it('that is as it is wanted costs no call', async () => {
    const first = shop.add();
    shop.add();

    const done = await orderLocations(writerOf(), [{ locationId: first.id }]);

    expect(done).toMatchObject({ changed: false });
    expect(shop.writes()).toEqual([]);
  });

  it('names the places of those that there are not', async () => {
    const { id } = shop.add();

    const done = await orderLocations(writerOf(), [{ locationId: id }, { externalId: 'dep-9' }]);

    expect(done).toEqual({ outcome: 'locations-unknown', at: [1] });
  });
});

describe('what the platform took of work that fails later', () => {
  const busy = () => shop.error({ throttled: true, status: 429 });

  it('is heard of, part by part', async () => {
    const { id } = shop.add({ isDefault: false });
    const done: string[] = [];
    shop.faults.push({ call: 'default', when: 'before', error: busy() });

    const put = putLocation(
      { ...writerOf(), onDone: (part) => done.push(part) },
      { locationId: id },
      { ...WANTED, default: true },
    );

    await expect(put).rejects.toMatchObject({ throttled: true });
    expect(done).toEqual(['name', 'address']);
  });

  it('is the order of locations, where only the look after it fails', async () => {
    const [first, second] = [shop.add(), shop.add()];
    const done: string[] = [];
    const writer = { ...writerOf(), onDone: (part: string) => void done.push(part) };
    const port = {
      ...writer.port,
      async setPriorities(...given: Parameters<LocationPort['setPriorities']>) {
        await writer.port.setPriorities(...given);
        shop.faults.push({ call: 'list', when: 'before', error: busy() });
      },
    };

    const order = orderLocations({ ...writer, port }, [{ locationId: second.id }, { locationId: first.id }]);

    await expect(order).rejects.toMatchObject({ throttled: true });
    expect(done).toEqual(['order']);
  });
});
