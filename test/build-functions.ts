/** Once before the tests that synthesize: a function's code must be there. */
export { buildFunctions as setup } from '../infra/build/functions.ts';
