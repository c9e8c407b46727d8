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

  it('are read as a deployment writes them, and as CloudFormation describes them', () => {
    const written = file({ 'Acopio-demo-Data': { Name: 'a' }, 'Acopio-other-Data': { Name: 'b' } });
    expect(readOutputs(written, 'demo')('Name')).toBe('a');
    const described = file({
      Stacks: [
        { StackName: 'Acopio-demo-Data', Outputs: [{ OutputKey: 'Name', OutputValue: 'c' }], Parameters: [] },
        { StackName: 'Something', StackStatus: 'x' },
      ],
    });
    expect(readOutputs(described, 'demo')('Name')).toBe('c');
  });

  it.each([
    ['not JSON', '{', /missing or not JSON/],
    ['another JSON', [1], /does not hold the outputs/],
    ['another merchant', { 'Acopio-other-Data': { Name: 'b' } }, /no stack of merchant "demo"/],
  ])('that are %s are refused with what to do', (_what, content, message) => {
    expect(() => readOutputs(file(content), 'demo')).toThrow(message);
    expect(() => readOutputs(file(content), 'demo')).toThrow(/--outputs/);
  });

  it('of an older deployment are named', () => {
    const outputs = readOutputs(file({ 'Acopio-demo-Data': {} }), 'demo');
    expect(() => outputs('ControlTableName')).toThrow(/lacks the output ControlTableName/);
  });
});
