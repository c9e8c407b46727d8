import { describe, expect, it } from 'vitest';
import { fakeApi } from '../fake-api.ts';

describe('the custom fields of a variant', () => {
  const values = [{ id: 'f-1', value: 'Lana' }];

  it('are set below the variant alone, and a 204 says that they are (documented)', async () => {
    const { client, calls } = fakeApi(() => ({ status: 204 }));

    await client.customFields.setValues('77', values);

    expect(calls).toMatchObject([
      {
        method: 'PUT',
        url: expect.stringMatching(/\/5665778\/products\/variants\/77\/custom-fields\/values$/),
      },
    ]);
  });

  it('are set again later where the answer is empty and does not say so itself', async () => {
    const { client } = fakeApi(() => ({ status: 200 }));

    const set = client.customFields.setValues('77', values);

    await expect(set).rejects.toMatchObject({ kind: 'retry-later', outcomeUnknown: true });
  });
});

describe('the definition of a custom field', () => {
  const field = { id: 'f-1', name: 'Material' };

  it('has the texts that a list shows', async () => {
    const { client } = fakeApi(() => ({ body: [{ ...field, values: ['Lana', 'Lino'] }] }));

    const [listed] = await client.customFields.list();

    expect(listed?.values).toEqual(['Lana', 'Lino']);
  });

  it('has the texts that a write answers with, made now or before (documented)', async () => {
    const answered = [
      { value: 'Lana', created: true },
      { value: 'Lino', created: false, error: 'The custom field value with key <Lino> is duplicated' },
    ];
    const { client } = fakeApi(() => ({ body: { ...field, values: answered } }));

    const changed = await client.customFields.update('f-1', { values: ['Lana', 'Lino'] });

    expect(changed.values).toEqual(['Lana', 'Lino']);
  });
});

describe('a 204', () => {
  it('to a reading is no answer: it is asked again', async () => {
    const { client } = fakeApi(() => ({ status: 204 }));

    await expect(client.customFields.list()).rejects.toMatchObject({ kind: 'retry-later' });
  });

  it('to a write that has to say what it made is unreadable, and the write may have happened', async () => {
    const { client } = fakeApi(() => ({ status: 204 }));

    const changed = client.customFields.update('f-1', { values: ['Lana'] });

    await expect(changed).rejects.toMatchObject({ kind: 'invalid-response', outcomeUnknown: true });
  });
});
