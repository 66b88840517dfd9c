import { join } from 'node:path';

const bundled = (file: string): string => join(import.meta.dirname, 'bundled', file);

/**
 * How a function is bundled, on AWS and locally alike: one CommonJS file with everything that a Lambda can use.
 *
 * Measured for receive-webhook: 347 KB and 41 ms to load without `alias`; with esbuild's default fields for Node
 * besides, which prefer each package's CommonJS, where unused code cannot be removed, 553 KB and 67 ms; as an ES module
 * 347 KB and 58 ms.
 */
export const bundling = {
  format: 'cjs' as const,
  target: 'node24',
  mainFields: ['module', 'main'],
  minify: true,
  /** What no function can use. Each replacement says why nothing is lost. */
  alias: {
    '@aws-sdk/credential-provider-node': bundled('environment-credentials.ts'),
    '@aws-sdk/middleware-endpoint-discovery': bundled('no-endpoint-discovery.ts'),
    '@smithy/core/config': bundled('environment-settings.ts'),
    '@smithy/core/event-streams': bundled('no-event-streams.ts'),
  },
  // The SDK asks of each request and answer whether it is a web stream; none is. Only to ask, Node would load them all,
  // which takes 3 ms of the first webhook, and 15 on a slow machine. Telnyx's SDK asks `globalThis`, and still finds
  // them.
  define: {
    ReadableStream: 'undefined',
    // A CommonJS module has no `import.meta`: show-console finds its page beside itself.
    'import.meta.dirname': '__dirname',
  },
};
