import { describe, expect, it } from 'vitest';
import { compileFilter } from '../../local/cloud/streams/filter.ts';

const record = {
  eventName: 'MODIFY',
  dynamodb: {
    Keys: { pk: { S: 'order#1' }, sk: { S: 'row' } },
    NewImage: { kind: { S: 'order' }, n: { N: '7' }, tags: { SS: ['a', 'b'] }, gone: { NULL: true } },
    OldImage: { kind: { S: 'draft' } },
  },
};
const image = (test: unknown) => ({ dynamodb: { NewImage: { kind: { S: [test] } } } });

describe('the filter of an event source', () => {
  it.each([
    ['an exact text', { eventName: ['MODIFY'] }, true],
    ['another text', { eventName: ['INSERT'] }, false],
    ['one of several texts', { eventName: ['INSERT', 'MODIFY'] }, true],
    ['a text in the new image', image('order'), true],
    ['a text in the old image', { dynamodb: { OldImage: { kind: { S: ['draft'] } } } }, true],
    ['a key', { dynamodb: { Keys: { pk: { S: [{ prefix: 'order#' }] } } } }, true],
    ['another prefix', { dynamodb: { Keys: { pk: { S: [{ prefix: 'alias#' }] } } } }, false],
    ['a suffix', image({ suffix: 'der' }), true],
    ['a text in whatever case', image({ 'equals-ignore-case': 'ORDER' }), true],
    ['a number, which is text', { dynamodb: { NewImage: { n: { N: ['7'] } } } }, true],
    ['a truth value', { dynamodb: { NewImage: { gone: { NULL: [true] } } } }, true],
    ['a member of a set', { dynamodb: { NewImage: { tags: { SS: ['b'] } } } }, true],
    ['what exists', image({ exists: true }), true],
    ['what does not exist', { dynamodb: { NewImage: { other: { S: [{ exists: false }] } } } }, true],
    ['what should not exist', image({ exists: false }), false],
    [
      'an object, which is no leaf that exists',
      { dynamodb: { NewImage: { kind: [{ exists: true }] } } },
      false,
    ],
    ['anything but a text', image({ 'anything-but': 'draft' }), true],
    ['anything but this text', image({ 'anything-but': 'order' }), false],
    ['anything but a list', image({ 'anything-but': ['x', 'order'] }), false],
    ['anything but a prefix', image({ 'anything-but': { prefix: 'ord' } }), false],
    [
      'anything but, of what is not there',
      { dynamodb: { NewImage: { other: { S: [{ 'anything-but': 'x' }] } } } },
      false,
    ],
    ['all names of a pattern', { eventName: ['MODIFY'], ...image('draft') }, false],
  ])('%s', (_, pattern, expected) => {
    expect(compileFilter([JSON.stringify(pattern)])(record)).toBe(expected);
  });

  it('lets pass what one of several patterns matches', () => {
    const passes = compileFilter(['{"eventName":["INSERT"]}', '{"eventName":["MODIFY"]}']);

    expect([passes(record), passes({ eventName: 'REMOVE' })]).toEqual([true, false]);
  });

  it('lets everything pass without a pattern', () => {
    expect(compileFilter([])(record)).toBe(true);
  });

  it.each([
    ['no JSON', 'eventName', /is not a JSON object/],
    ['a value outside a list', '{"eventName":"INSERT"}', /outside a list at eventName/],
    ['an empty list', '{"eventName":[]}', /empty list at eventName/],
    [
      'an operator that is not known here',
      '{"eventName":[{"numeric":[">",1]}]}',
      /operator numeric.*filter\.ts/,
    ],
    ['a choice', '{"$or":[{"eventName":["A"]}]}', /operator \$or/],
    ['a wrong argument', '{"eventName":[{"prefix":1}]}', /prefix has a wrong argument at eventName/],
    ['two operators in one object', '{"eventName":[{"prefix":"a","suffix":"b"}]}', /several operators/],
  ])('refuses %s', (_, pattern, message) => {
    expect(() => compileFilter([pattern])).toThrow(message);
  });
});
