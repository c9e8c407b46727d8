import { expect, it } from 'vitest';
import { createOutletWatch } from '../../functions/pipeline/order-writer.ts';
import { countingMetrics, keptLog, movedClock } from '../support/fakes.ts';

it('an outlet that nobody configured is counted with each order, and told of once a day', () => {
  // Arrange
  const clock = movedClock();
  const metrics = countingMetrics();
  const log = keptLog();
  const outlets = createOutletWatch({ platform: 'shop', metrics, log, clock });
  const unknown = { id: 'zzzz', configured: false };

  // Act
  outlets.saw('chain', { id: 'nbet', configured: true });
  for (let order = 0; order < 3; order += 1) outlets.saw('chain', unknown);
  outlets.saw('chain', { id: 'yyyy', configured: false });
  clock.move(24 * 3_600_000);
  outlets.saw('chain', unknown);

  // Assert
  expect(metrics.total('OutletNotConfigured')).toBe(5);
  expect(log.lines.map(({ fields }) => fields.outlet)).toEqual(['zzzz', 'yyyy', 'zzzz']);
});
