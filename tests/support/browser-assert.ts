// `node:assert/strict` for pages: the npm package `assert`, which is Node's own code of some years ago.
import legacy from "assert";

const assert: typeof legacy.strict = legacy.strict;
export const {
  AssertionError,
  deepEqual,
  deepStrictEqual,
  doesNotMatch,
  doesNotReject,
  doesNotThrow,
  equal,
  fail,
  ifError,
  match,
  notDeepEqual,
  notDeepStrictEqual,
  notEqual,
  notStrictEqual,
  ok,
  rejects,
  strictEqual,
  throws,
} = assert;
export { assert as strict };
export default assert;
