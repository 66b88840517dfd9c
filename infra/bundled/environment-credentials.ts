import { fromEnv } from '@aws-sdk/credential-provider-env';

/**
 * Takes the place of `@aws-sdk/credential-provider-node`, which is 135 KB and tries up to ten sources in turn. Lambda
 * puts the role's credentials into the environment, which is the first of them; `npm start` does the same.
 *
 * @returns a provider that throws when there are none
 */
export function defaultProvider() {
  const credentials = fromEnv();
  return async () => {
    try {
      return await credentials();
    } catch (error) {
      throw new Error(
        'There are no AWS credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, as Lambda does. ' +
          'No other source is bundled.',
        { cause: error },
      );
    }
  };
}
