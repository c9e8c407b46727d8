import { describe, expect, it } from 'vitest';
import { createRouter } from '../../../local/platforms/shared/routes.ts';

const route = (method: string, path: string) => ({ method, path, source: 'test' });

describe('router', () => {
  const router = createRouter([
    route('GET', '/orders/{id}'),
    route('GET', '/orders/custom-fields'),
    route('PUT', '/orders/{id}'),
  ]);

  it('prefers a literal segment to a parameter', () => {
    expect(router.find('GET', '/orders/custom-fields')?.route.path).toBe('/orders/custom-fields');
    expect(router.find('GET', '/orders/7')?.params).toEqual({ id: '7' });
  });

  it('decodes parameters and leaves broken encodings as they are', () => {
    expect(router.find('GET', '/orders/a%20b')?.params).toEqual({ id: 'a b' });
    expect(router.find('GET', '/orders/%E0%A4%A')?.params).toEqual({ id: '%E0%A4%A' });
  });

  it('tells the methods of a path, and nothing about an unknown one', () => {
    expect(router.methodsOf('/orders/7').toSorted()).toEqual(['GET', 'PUT']);
    expect(router.find('DELETE', '/orders/7')).toBeUndefined();
    expect(router.methodsOf('/nothing')).toEqual([]);
  });

  it('refuses two routes with the same method and path', () => {
    expect(() => createRouter([route('GET', '/a/{x}'), route('GET', '/a/{y}')])).toThrow(/Two routes claim/);
  });
});
