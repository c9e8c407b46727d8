import type { Channel } from '../config/merchant.ts';
import { isObject } from '../functions/domain/json-object.ts';
import { checkSecret } from '../functions/runtime/secrets.ts';
import { ask, askHidden, confirm, mayAsk, readInput } from './ask.ts';
import { type Slot, type SlotState, slotName } from './credentials.ts';
import { jsonOf } from './json.ts';
import { OperatorError } from './outputs.ts';
import { type Rotated, rotated } from './previous-values.ts';

/** A secret that is to be written, in the shape that the platform needs. */
export interface Filled extends Rotated {
  slot: Slot;
}

/** A secret, and what it holds now. */
export interface Known {
  slot: Slot;
  state: SlotState;
}

/** What goes into a secret, in words. */
export const wanted = ({ spec: { fields, alternatives = [] } }: Slot): string =>
  [fields, ...alternatives].map((form) => form.join(' and ')).join(', or ');

/**
 * Reads secrets from the standard input: one JSON object with the fields of each credential under its name. What a rotation has to
 * keep is kept, unless the input names it.
 *
 * @throws OperatorError naming what is missing or too short; never a value.
 */
export async function readCredentials({ platform }: Channel, known: readonly Known[]): Promise<Filled[]> {
  const json = jsonOf(await readInput());
  const example = JSON.stringify(
    Object.fromEntries(
      known
        .filter(({ slot: { spec, installed } }) => !installed && spec.generated === undefined)
        .map(({ slot: { credential, spec } }) => [
          credential,
          Object.fromEntries(spec.fields.map((field) => [field, '...'])),
        ]),
    ),
  );
  if (!isObject(json)) throw new OperatorError(`The input is no JSON object. It looks like ${example}.`);
  return Object.entries(json).map(([credential, fields]) => {
    const meant = known.filter(({ slot }) => slot.credential === credential);
    const [one] = meant;
    if (one === undefined)
      throw new OperatorError(
        `${platform.title} has no credential "${credential}". The input looks like ${example}.`,
      );
    if (meant.length > 1)
      throw new OperatorError(
        `Each store has a credential "${credential}" of its own. Name the store: connect ${platform.name} STORE.`,
      );
    return { slot: one.slot, ...rotated(one.slot.spec, one.state, fields, checked(one.slot, fields)) };
  });
}

function checked(slot: Slot, fields: unknown): unknown {
  const read = checkSecret(slot.spec.schema(), fields);
  if ('value' in read) return read.value;
  throw new OperatorError(
    `${slotName(slot)} cannot be used: ${read.problem}. It needs ${wanted(slot)}. Nothing was written.`,
  );
}

/**
 * Asks a person for the secrets that are not there, and whether those that are there are to be replaced. What is typed is shown
 * nowhere.
 *
 * @returns nothing where nobody is there to be asked
 */
export async function askCredentials(
  known: readonly Known[],
  say: (line: string) => void,
): Promise<Filled[]> {
  if (!mayAsk()) return [];
  const filled: Filled[] = [];
  for (const { slot, state } of known) {
    if (slot.installed) continue;
    if (state.state === 'filled' && !(await confirm(`${slotName(slot)} is filled in. Replace it?`))) continue;
    say(`${slot.spec.description}.`);
    filled.push({ slot, ...rotated(slot.spec, state, {}, await askOne(slot, say)) });
  }
  return filled;
}

async function askOne(slot: Slot, say: (line: string) => void): Promise<unknown> {
  for (;;) {
    const form = await formOf(slot);
    const fields: Record<string, string> = {};
    for (const field of form) fields[field] = await askHidden(`${field} (not shown): `);
    const read = checkSecret(slot.spec.schema(), fields);
    if ('value' in read) return read.value;
    say(`That cannot be used: ${read.problem}. Once more, or Ctrl-C.`);
  }
}

async function formOf({ spec: { fields, alternatives = [] } }: Slot): Promise<readonly string[]> {
  const forms = [fields, ...alternatives];
  if (forms.length === 1) return fields;
  const choices = forms.map((form, index) => `${index + 1}: ${form.join(' and ')}`).join('   ');
  const answer = await ask(`${choices}   Which? [1] `);
  return forms[Number(answer || 1) - 1] ?? fields;
}
