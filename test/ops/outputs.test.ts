import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readOutputs } from '../../ops/outputs.ts';

describe('the outputs of a deployment', () => {
  const folder = mkdtempSync(join(tmpdir(), 'acopio-outputs-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const file = (content: unknown) => {
    const path = join(folder, 'outputs.json');
    writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
    return path;
  };

  const demo = { Merchant: 'demo' };

  it('are read as a deployment writes them, and as CloudFormation describes them', () => {
    const written = file({ 'Acopio-demo-Data': { ...demo, Name: 'a' }, 'Acopio-other-Data': { Name: 'b' } });
    expect(readOutputs(written, 'demo')('Name')).toBe('a');
    const described = file({
      Stacks: [
        {
          StackName: 'Acopio-demo-Data',
          Outputs: [
            { OutputKey: 'Merchant', OutputValue: 'demo' },
            { OutputKey: 'Name', OutputValue: 'c' },
          ],
          Parameters: [],
        },
        { StackName: 'Something', StackStatus: 'x' },
      ],
    });
    expect(readOutputs(described, 'demo')('Name')).toBe('c');
  });

  it('may begin with a byte-order mark', () => {
    const written = file(`\uFEFF${JSON.stringify({ 'Acopio-demo-Data': { ...demo, Name: 'a' } })}`);

    expect(readOutputs(written, 'demo')('Name')).toBe('a');
  });

  it('are refused as PowerShell writes what a command answers, in UTF-16', () => {
    const path = join(folder, 'utf-16.json');
    writeFileSync(path, Buffer.from('\uFEFF{}', 'utf16le'));

    expect(() => readOutputs(path, 'demo')).toThrow(/utf-16\.json is not UTF-8: save it as UTF-8/);
  });

  it.each(['demo-eu', 'demo-data', 'demo2'])(
    'of %s, whose stacks begin alike, are not taken for those of demo',
    (other) => {
      const both = file({
        [`Acopio-${other}-Data`]: { Merchant: other, OrdersTableName: 'theirs' },
        'Acopio-demo-Data': { ...demo, OrdersTableName: 'ours' },
        [`Acopio-${other}-Integration`]: { DeadLettersUrl: 'theirs' },
      });

      const outputs = readOutputs(both, 'demo');

      expect(outputs('OrdersTableName')).toBe('ours');
      expect(() => outputs('DeadLettersUrl')).toThrow(/lacks the output DeadLettersUrl/);
      expect(() => readOutputs(file({ [`Acopio-${other}-Data`]: {} }), 'demo')).toThrow(
        /no stack of merchant/,
      );
    },
  );

  it('that say they are of another merchant are refused, and both are named', () => {
    const foreign = file({ 'Acopio-demo-Data': { Merchant: 'demo-eu', Name: 'a' } });

    expect(() => readOutputs(foreign, 'demo')).toThrow(/"demo", and they say that they are of "demo-eu"/);
  });

  it.each([
    ['not JSON', '{', /missing or not JSON/],
    ['another JSON', [1], /does not hold the outputs/],
    ['another merchant', { 'Acopio-other-Data': { Name: 'b' } }, /no stack of merchant "demo"/],
    ['an older deployment', { 'Acopio-demo-Data': {} }, /lacks the output Merchant/],
  ])('that are %s are refused with what to do', (_what, content, message) => {
    expect(() => readOutputs(file(content), 'demo')).toThrow(message);
    expect(() => readOutputs(file(content), 'demo')).toThrow(/--outputs/);
  });

  it('that lack something are named', () => {
    const outputs = readOutputs(file({ 'Acopio-demo-Data': demo }), 'demo');
    expect(() => outputs('ControlTableName')).toThrow(/lacks the output ControlTableName/);
  });
});
