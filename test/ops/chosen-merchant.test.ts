import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { merchantFile } from '../../config/merchant.ts';
import { chosenMerchant } from '../../ops/chosen-merchant.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'acopio-test-merchants-'));
  copyFileSync(merchantFile('demo'), join(folder, 'demo.json'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function own(name: string): void {
  const demo = JSON.parse(readFileSync(merchantFile('demo'), 'utf8')) as object;
  writeFileSync(join(folder, `${name}.json`), JSON.stringify({ ...demo, name }));
}

describe('the merchant of a command', () => {
  it('is the one that is named', () => {
    own('north');
    own('south');

    expect(chosenMerchant({ merchant: 'south' }, folder).name).toBe('south');
  });

  it('is the demo where there is no other', () => {
    expect(chosenMerchant({}, folder).name).toBe('demo');
  });

  it('is the only one beside the demo', () => {
    own('north');

    expect(chosenMerchant({}, folder).name).toBe('north');
  });

  it('is that of a file elsewhere, whose name may be said beside it', () => {
    own('north');
    const file = join(folder, 'north.json');

    expect(chosenMerchant({ merchantFile: file }, folder).name).toBe('north');
    expect(chosenMerchant({ merchant: 'north', merchantFile: file }, folder).name).toBe('north');
  });

  it('is nobody where a file is of another one than is named beside it', () => {
    own('north');
    own('south');
    const merchantFile = join(folder, 'north.json');

    expect(() => chosenMerchant({ merchant: 'south', merchantFile }, folder)).toThrow(
      `--merchant says "south", and ${merchantFile} is of "north". Nothing was done.`,
    );
  });

  it('has to be named where there are several', () => {
    own('north');
    own('south');

    expect(() => chosenMerchant({}, folder)).toThrow(
      /Which merchant\? There are north, south\. Nothing was done\..*--merchant.*ACOPIO_MERCHANT=north/,
    );
  });
});
