import { describe, expect, it } from 'vitest';
import { countCalls } from '../../functions/platforms/connection.ts';
import { METRICS, type MetricName } from '../../functions/runtime/metric-names.ts';

describe('the metrics of calls', () => {
  it.each([
    [{ throttled: false, failed: false }, [1, undefined, undefined]],
    [{ throttled: true, failed: false }, [1, 1, undefined]],
    [{ throttled: false, failed: true }, [1, undefined, 1]],
  ])('counts %j, and nothing that did not happen', (seen, expected) => {
    const added = new Map<MetricName, number>();
    const count = countCalls({ add: (name, _platform, value) => added.set(name, value) });
    count({ platform: 'any', operation: 'orders.get', ms: 1, ...seen });
    expect([...added.keys()].every((name) => name in METRICS)).toBe(true);
    expect(
      ['PlatformCall', 'PlatformThrottled', 'PlatformFailure'].map((name) => added.get(name as MetricName)),
    ).toEqual(expected);
  });
});
