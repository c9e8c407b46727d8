import { expect, it, vi } from 'vitest';
import { print } from '../../ops/print.ts';

it('what is printed for a person moves no terminal, whatever an order is called or an endpoint answers', () => {
  const out: string[] = [];
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => out.push(String(text)) > 0);

  print(false, {}, ['first', 'shop:s:\u001b[2J\u001b]0;title\u0007\u009b31m\r\u202eabc', 'ñ 🧉\tend']);
  vi.restoreAllMocks();

  expect(out.join('')).toBe(
    'first\nshop:s:\ufffd[2J\ufffd]0;title\ufffd\ufffd31m\ufffd\ufffdabc\nñ 🧉\tend\n',
  );
});
