/**
 * Takes the place of `@smithy/core/config`, which looks for each setting in the environment, then in `~/.aws/config`
 * and `~/.aws/credentials`. Lambda has no such files. On a laptop, which may have them, they must not affect the
 * functions. Looking for them takes 2 ms of the first webhook.
 */
// @ts-expect-error Only the package's name has types, and the name leads here.
export * from '../../node_modules/@smithy/core/dist-es/submodules/config/index.js';

/** A setting of the SDK: how to find it in the environment, and what it is otherwise. */
interface Setting<Value> {
  readonly environmentVariableSelector: (environment: NodeJS.ProcessEnv, options?: object) => Value | undefined;
  readonly default: Value | (() => Promise<Value> | Value);
}

/** @returns a provider of the setting's value; `options` are passed on to its selector */
export function loadConfig<Value>(setting: Setting<Value>, options?: object): () => Promise<Value> {
  return async () => {
    const found = setting.environmentVariableSelector(process.env, options);
    if (found !== undefined) return found;
    const { default: otherwise } = setting;
    return otherwise instanceof Function ? otherwise() : otherwise;
  };
}

/** The SDK's own defaults: no function asks for others, or for those that depend on where it runs. */
export function resolveDefaultsModeConfig(): () => Promise<'legacy'> {
  return async () => 'legacy';
}
