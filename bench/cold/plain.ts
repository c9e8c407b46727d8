import { asObject, type JsonObject } from '../../local/cloud/json.ts';

const MAPS = ['Key', 'Item', 'ExpressionAttributeValues', 'ExclusiveStartKey'];

/** A call's input as the document client takes it. */
export const plainInput = (input: JsonObject): JsonObject =>
  Object.fromEntries(
    Object.entries(input).map(([name, value]) => [name, MAPS.includes(name) ? plainMap(value) : value]),
  );

const plainMap = (map: unknown): JsonObject =>
  Object.fromEntries(Object.entries(asObject(map)).map(([name, value]) => [name, plain(asObject(value))]));

/** No call of a first request holds bytes or sets. */
function plain(value: JsonObject): JsonObject[string] {
  if ('N' in value) return Number(value.N);
  if ('M' in value) return plainMap(value.M);
  if (Array.isArray(value.L)) return value.L.map((one) => plain(asObject(one)));
  if ('NULL' in value) return null;
  return value.S ?? value.BOOL;
}
