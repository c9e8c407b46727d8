import type { Location, LocationInput } from '../../functions/domain/location.ts';
import { PlatformError, type PlatformErrorDetails } from '../../functions/http/errors.ts';
import type { CallContext } from '../../functions/platforms/calls.ts';
import type { LocationPart, Places } from '../../functions/platforms/places.ts';

/** A platform's locations and categories, and the calls that were made for them. */
export function locationShop() {
  const there = new Map<string, Location>();
  const calls: string[] = [];
  /** What the next call of an operation meets: before it has its effect, or after. */
  const faults: { call: string; when: 'before' | 'after'; error: Error }[] = [];
  let made = 0;

  async function meet<T>(context: CallContext, call: string, happen: () => T): Promise<T> {
    await context.admit(call, !call.endsWith('list'));
    calls.push(call);
    const at = faults.findIndex((fault) => fault.call === call);
    const [fault] = at === -1 ? [] : faults.splice(at, 1);
    if (fault?.when === 'before') throw fault.error;
    const done = happen();
    if (fault !== undefined) throw fault.error;
    return done;
  }
  const textsOf = (name: LocationInput['name']) =>
    typeof name === 'string' ? { es: name } : { ...(name as Record<string, string>) };
  const add = (changes: Partial<Location> = {}): Location => {
    made += 1;
    const location = {
      id: `L${made}`,
      name: { es: `Depósito ${made}` },
      address: { city: 'Rosario' },
      priority: there.size,
      isDefault: there.size === 0,
      ...changes,
    };
    there.set(location.id, location);
    return location;
  };
  const change = (id: string, changes: Partial<Location>) =>
    void there.set(id, { ...(there.get(id) as Location), ...changes });

  const places: Places<CallContext> = {
    categories: (context) =>
      meet(context, 'categories.list', () => [
        { id: '1', name: { es: 'Ropa' }, path: ['Ropa'] },
        { id: '2', parentId: '1', name: { es: 'Remeras' }, path: ['Ropa', 'Remeras'] },
      ]),
    locations: {
      list: (context) => meet(context, 'list', () => [...there.values()]),
      refusals: ({ name }) =>
        typeof name === 'object' && 'fr' in name ? [{ pointer: '/name/fr', detail: 'No French here.' }] : [],
      lacks: ({ name, address }) => [
        ...(name === undefined ? ['/name'] : []),
        ...(address?.city === undefined ? ['/address/city'] : []),
      ],
      differences: (location, { name, address, default: isDefault }) => [
        ...(name === undefined || textsOf(name).es === location.name.es ? [] : ['name' as LocationPart]),
        ...(address?.city === undefined || address.city === location.address.city
          ? []
          : ['address' as LocationPart]),
        ...(isDefault === true && !location.isDefault ? ['default' as LocationPart] : []),
      ],
      create: (context, { name, address = {} }) =>
        meet(context, 'create', () => add({ name: textsOf(name), address, isDefault: false }).id),
      update: (context, { id, name, address }, input) =>
        meet(context, 'update', () =>
          change(id, {
            name: input.name === undefined ? name : textsOf(input.name),
            address: { ...address, ...input.address },
          }),
        ),
      setPriorities: (context, order) =>
        meet(context, 'priorities', () => {
          for (const { id, priority } of order) change(id, { priority, isDefault: priority === 0 });
        }),
      makeDefault: (context, id) =>
        meet(context, 'default', () => {
          for (const one of there.keys()) change(one, { isDefault: one === id });
        }),
      planThatRefuses: async (_, { said = '' }) => (said.includes('plan') ? 'Básico' : undefined),
    },
  };
  return {
    there,
    calls,
    faults,
    places,
    add,
    change,
    writes: () => calls.filter((call) => call !== 'list'),
    clear() {
      there.clear();
      calls.length = 0;
      faults.length = 0;
    },
    error: (details: Partial<PlatformErrorDetails>) =>
      new PlatformError({ platform: 'shop', operation: 'locations.create', kind: 'retry-later', ...details }),
  };
}
