import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { EVENT_TYPES, feedEventSchema } from '../../functions/domain/event.ts';
import { eventDocuments, exampleEvents } from '../../scripts/event-schema.ts';

const folder = join(import.meta.dirname, '../../docs/events');
const field = z.object({ type: z.string().optional(), enum: z.array(z.string()).optional() });

describe('the documents of events', () => {
  it('are what npm run docs makes of the code', () => {
    const found = readdirSync(folder).filter((name) => name.endsWith('.json'));

    expect(found.sort()).toEqual(Object.keys(eventDocuments()).sort());
    for (const [name, document] of Object.entries(eventDocuments()))
      expect(readFileSync(join(folder, name), 'utf8'), `${name}: run npm run docs`).toBe(document);
  });

  it('have an example of each type, made as the publisher makes it', () => {
    expect(
      exampleEvents()
        .map(({ type }) => type)
        .sort(),
    ).toEqual([...EVENT_TYPES].sort());
  });

  it('let no event hold more text than ids, words of closed lists, times and names of fields', () => {
    const { properties } = z
      .object({ properties: z.record(z.string(), field) })
      .parse(z.toJSONSchema(feedEventSchema()));
    const texts = Object.entries(properties).filter(([, one]) => one.type === 'string' && !one.enum);

    expect(texts.map(([name]) => name).sort()).toEqual(['at', 'id', 'key']);
    expect(Object.keys(properties).sort()).toEqual(
      ['at', 'caughtUp', 'changed', 'command', 'from', 'id', 'key', 'seq', 'to', 'type', 'version'].sort(),
    );
  });

  it('say of a command whose it is and how it ended, and nothing that it says', () => {
    const { command } = feedEventSchema().shape;

    expect(Object.keys(command.unwrap().shape)).toEqual(['client', 'id', 'name', 'already', 'seen']);
  });

  it('are explained on their page', () => {
    const page = readFileSync(join(folder, 'README.md'), 'utf8');

    for (const type of EVENT_TYPES) expect(page).toContain(`(${type}.schema.json)`);
  });
});
