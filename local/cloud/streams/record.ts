import { itemSize } from '../dynamodb/item-size.ts';
import { asObject, isObject, type Json, type JsonObject } from '../json.ts';

export const VIEW_TYPES = ['KEYS_ONLY', 'NEW_IMAGE', 'OLD_IMAGE', 'NEW_AND_OLD_IMAGES'] as const;
export type StreamViewType = (typeof VIEW_TYPES)[number];

/** A change of one item as Lambda hands it to a function. (Lambda guide, "Using AWS Lambda with Amazon DynamoDB".) */
export interface StreamRecord {
  eventID: string;
  eventName: 'INSERT' | 'MODIFY' | 'REMOVE';
  eventVersion: string;
  eventSource: 'aws:dynamodb';
  awsRegion: string;
  dynamodb: {
    /** Seconds since 1970. */
    ApproximateCreationDateTime: number;
    Keys: JsonObject;
    NewImage?: JsonObject;
    OldImage?: JsonObject;
    /** Digits; later changes of a shard have a larger number, which may have more digits. */
    SequenceNumber: string;
    SizeBytes: number;
    StreamViewType: StreamViewType;
  };
  eventSourceARN: string;
  /** Who deleted the item, when it was the expiry. (DynamoDB guide, "DynamoDB Streams and Time to Live".) */
  userIdentity?: { type: 'Service'; principalId: 'dynamodb.amazonaws.com' };
}

/** One item before and after a write; undefined: there was none, or there is none any more. */
export interface Change {
  before: JsonObject | undefined;
  after: JsonObject | undefined;
  /** The service itself deleted it, because it had expired. */
  expired?: boolean;
}

/** Does a write leave the item as it was? Such a write makes no record. The order of names and of set members is none. */
export function isUnchanged({ before, after }: Change): boolean {
  return before === undefined || after === undefined ? before === after : same(before, after);
}

function same(one: Json, other: Json): boolean {
  if (one === other) return true;
  if (Array.isArray(one) && Array.isArray(other)) {
    return one.length === other.length && one.every((item, index) => same(item, other[index]));
  }
  if (!isObject(one) || !isObject(other)) return false;
  const names = Object.keys(one);
  return (
    names.length === Object.keys(other).length &&
    names.every((name) => name in other && same(inOrder(name, one[name]), inOrder(name, other[name])))
  );
}

const SETS: ReadonlySet<string> = new Set(['SS', 'NS', 'BS']);
const inOrder = (type: string, value: Json): Json =>
  SETS.has(type) && Array.isArray(value) ? [...value].sort() : value;

/** Makes the record of a change with what the view type shows of it. */
export function recordOf(
  { before, after, expired = false }: Change,
  about: {
    eventID: string;
    sequenceNumber: string;
    at: number;
    keys: readonly string[];
    viewType: StreamViewType;
    region: string;
    streamArn: string;
  },
): StreamRecord {
  const item = asObject(after ?? before);
  const Keys = Object.fromEntries(about.keys.map((name) => [name, item[name]]));
  const images = {
    ...(after && about.viewType !== 'KEYS_ONLY' && about.viewType !== 'OLD_IMAGE' ? { NewImage: after } : {}),
    ...(before && about.viewType !== 'KEYS_ONLY' && about.viewType !== 'NEW_IMAGE'
      ? { OldImage: before }
      : {}),
  };
  return {
    eventID: about.eventID,
    eventName: before === undefined ? 'INSERT' : after === undefined ? 'REMOVE' : 'MODIFY',
    eventVersion: '1.1',
    eventSource: 'aws:dynamodb',
    awsRegion: about.region,
    dynamodb: {
      ApproximateCreationDateTime: Math.floor(about.at / 1000),
      Keys,
      ...images,
      SequenceNumber: about.sequenceNumber,
      SizeBytes: [Keys, ...Object.values(images)].reduce((sum, image) => sum + itemSize(image), 0),
      StreamViewType: about.viewType,
    },
    eventSourceARN: about.streamArn,
    ...(expired ? { userIdentity: { type: 'Service', principalId: 'dynamodb.amazonaws.com' } } : {}),
  };
}
