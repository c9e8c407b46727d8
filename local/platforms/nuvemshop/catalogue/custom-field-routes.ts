import * as z from 'zod';
import { readBody } from '../bodies.ts';
import { fail, notFound } from '../errors.ts';
import { compactOffset, parseDate } from '../formats.ts';
import { findOrder } from '../orders/routes.ts';
import type { ApiCall, ApiRoute } from '../platform.ts';
import { emit } from '../webhooks/events.ts';
import type { CustomField } from './catalogue.ts';
import { findVariantAlone } from './variant-routes.ts';

const creation = z.strictObject({
  name: z.string().min(1, "can't be blank"),
  description: z.string().default(''),
  value_type: z.enum(['text_list', 'text', 'numeric', 'date']),
  read_only: z.boolean().default(false),
  values: z.array(z.string()).default([]),
});
// The guide sends `value`, which is no field of a definition.
const update = z.strictObject({ values: z.array(z.string()).min(1, "can't be blank") });
const assignments = z.array(
  z.strictObject({ id: z.string(), value: z.union([z.string(), z.number(), z.null()]) }),
);

type Owner = 'product_variant' | 'order';

const kinds = {
  product_variant: {
    definitions: '/products/variants/custom-fields',
    values: '/products/variants/{variant_id}/custom-fields/values',
    scope: 'products',
    event: 'product_variant_custom_field',
  },
  order: {
    definitions: '/orders/custom-fields',
    values: '/orders/{id}/custom-fields/values',
    scope: 'orders',
    event: 'order_custom_field',
  },
} as const;

/** Custom fields of variants (guide) and of orders (reference): definitions and values. */
export const customFieldRoutes: readonly ApiRoute[] = [...routesOf('product_variant'), ...routesOf('order')];

function routesOf(owner: Owner): ApiRoute[] {
  const { definitions, values, scope, event } = kinds[owner];
  const tell = (call: ApiCall, what: string, field: CustomField) =>
    emit(call.platform, call.store, `${event}/${what}`, { id: field.id });
  return [
    {
      method: 'GET',
      path: definitions,
      scope: `read_${scope}`,
      source: `Guide, list custom fields; reference, ${owner} custom fields`,
      handle: (_request, call) => ({
        status: 200,
        body: [...call.store.customFields.values()].filter((field) => field.owner === owner).map(render),
      }),
    },
    {
      method: 'GET',
      path: `${definitions}/{field_id}`,
      scope: `read_${scope}`,
      source: `Reference, ${owner} custom fields`,
      handle: (request, call) => ({ status: 200, body: render(find(call, owner, request.params.field_id)) }),
    },
    {
      method: 'POST',
      path: definitions,
      scope: `write_${scope}`,
      source: `Guide, create a custom field; reference, ${owner} custom fields`,
      handle(request, call) {
        const body = readBody(request, creation);
        if (body.value_type === 'text_list' && body.values.length === 0)
          throw fail(422, 'A text_list needs values');
        const field: CustomField = {
          id: call.platform.random.uuid(),
          owner,
          ours: true,
          name: body.name,
          description: body.description,
          valueType: body.value_type,
          readOnly: body.read_only,
          values: body.values,
          createdAt: call.now,
          updatedAt: call.now,
        };
        call.store.customFields.set(field.id, field);
        tell(call, 'created', field);
        return { status: 201, body: { ...render(field), values: outcomes([], body.values) } };
      },
    },
    {
      method: 'PUT',
      path: `${definitions}/{field_id}`,
      scope: `write_${scope}`,
      source: `Guide, update a custom field (it sends value instead of values); reference, ${owner} custom fields: adds values`,
      handle(request, call) {
        const field = find(call, owner, request.params.field_id);
        const body = readBody(request, update);
        if (!field.ours) throw fail(403, 'The custom field belongs to another app');
        const values = outcomes(field.values, body.values);
        field.values = [...new Set([...field.values, ...body.values])];
        field.updatedAt = call.now;
        tell(call, 'updated', field);
        return { status: 200, body: { ...render(field), values } };
      },
    },
    {
      method: 'DELETE',
      path: `${definitions}/{field_id}`,
      scope: `write_${scope}`,
      source: `Guide, delete a custom field (its second path does not exist); reference: only one's own`,
      handle(request, call) {
        const field = find(call, owner, request.params.field_id);
        if (!field.ours) throw fail(403, 'The custom field belongs to another app');
        call.store.customFields.delete(field.id);
        tell(call, 'deleted', field);
        return { status: 204 };
      },
    },
    ...valueRoutes(owner, values, scope),
  ];
}

function valueRoutes(owner: Owner, path: string, scope: string): ApiRoute[] {
  return [
    {
      method: 'GET',
      path: path.replace(/\/values$/, ''),
      scope: `read_${scope}`,
      source: `Reference, ${owner} custom fields: the fields of one resource with their values`,
      handle(request, call) {
        const { held } = subjectOf(owner, request, call);
        return { status: 200, body: rendered(call, held) };
      },
    },
    {
      method: 'PUT',
      path,
      scope: `write_${scope}`,
      source: `Reference, ${owner} custom fields: an array of id and value, null detaches; 204`,
      handle(request, call) {
        const { held, changed } = subjectOf(owner, request, call);
        const requested = readBody(request, assignments);
        for (const { id, value } of requested) refuseValue(find(call, owner, id), value);
        for (const { id, value } of requested) {
          if (value === null) held.delete(id);
          else held.set(id, value);
        }
        changed();
        return { status: 204 };
      },
    },
  ];
}

function subjectOf(owner: Owner, request: Parameters<ApiRoute['handle']>[0], call: ApiCall) {
  const { platform, store } = call;
  if (owner === 'order') {
    const order = findOrder(request, call);
    return {
      held: order.customFields,
      changed: () => emit(platform, store, 'order/custom_fields_updated', { id: order.id }),
    };
  }
  const variant = findVariantAlone(request, call);
  return {
    held: variant.customFields,
    changed: () => emit(platform, store, 'product_variant/custom_fields_updated', { id: variant.id }),
  };
}

function refuseValue(field: CustomField, value: string | number | null): void {
  if (value === null) return;
  const text = String(value);
  const fits =
    field.valueType === 'text' ||
    (field.valueType === 'text_list' && field.values.includes(text)) ||
    (field.valueType === 'numeric' && text !== '' && Number.isFinite(Number(text))) ||
    (field.valueType === 'date' && parseDate(text) !== undefined);
  if (!fits)
    throw fail(422, `The value does not fit the custom field ${field.id} of type ${field.valueType}`);
}

function find(call: ApiCall, owner: Owner, id: string | undefined): CustomField {
  const field = call.store.customFields.get(id ?? '');
  if (field === undefined || field.owner !== owner) throw notFound('Custom field not found');
  return field;
}

function render(field: CustomField): object {
  return {
    id: field.id,
    name: field.name,
    description: field.description,
    owner_resource: field.owner,
    value_type: field.valueType,
    read_only: field.readOnly,
    values: field.values,
    source: field.ours ? 'app' : 'admin',
    created_at: compactOffset(field.createdAt),
    updated_at: compactOffset(field.updatedAt),
  };
}

/** Writes answer with what became of each value, readings with the values alone. What is sent comes to what there is. */
const outcomes = (before: readonly string[], sent: readonly string[]): object[] =>
  [...before, ...sent].map((value, index, all) =>
    all.indexOf(value) === index
      ? { value, created: true }
      : { value, created: false, error: `The custom field value with key <${value}> is duplicated` },
  );

function rendered(call: ApiCall, held: ReadonlyMap<string, unknown>): object[] {
  return [...held].flatMap(([id, value]) => {
    const field = call.store.customFields.get(id);
    return field === undefined ? [] : [{ ...render(field), value }];
  });
}
