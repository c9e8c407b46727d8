import { describe, expect, it } from 'vitest';
import { permissionHint } from '../../ops/failure-hints.ts';

const named = (name: string) => Object.assign(new Error('no'), { name });

describe('a command that fails', () => {
  it.each(['AccessDenied', 'AccessDeniedException'])(
    'for a lack of permission (%s) names the policies',
    (name) => {
      expect(permissionHint(named(name))).toMatch(/AcopioViewerPolicyArn.*AcopioOperatorPolicyArn/);
    },
  );

  it('for another reason names none', () => {
    expect(permissionHint(named('ThrottlingException'))).toBeUndefined();
  });
});
