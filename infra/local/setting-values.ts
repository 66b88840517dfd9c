import { generateKeyPairSync } from 'node:crypto';
import type { Names } from './description.ts';
import type { Settings } from './settings.ts';
import type { Simulator } from './simulator/simulator.ts';

/** The values, on this machine, of the settings in the functions' environment. */
export function settingValues(
  settings: Settings,
  simulator: Simulator | undefined,
  addresses: { apiUrl: string; webhookUrl: string },
): Names['settings'] {
  return {
    ...settings,
    ...addresses,
    telnyxBaseUrl: simulator?.url ?? settings.telnyxBaseUrl,
    telnyxPublicKey: publicKeys(settings, simulator).join(','),
    ledgerName: 'local',
    syncIntervalSeconds: String(settings.syncIntervalSeconds),
  };
}

/**
 * The function needs a key when it starts. Because this one's private half is thrown away, every webhook is refused.
 */
function publicKeys(settings: Settings, simulator: Simulator | undefined): readonly string[] {
  const keys = simulator ? [simulator.publicKey, ...settings.publicKeys] : settings.publicKeys;
  if (keys.length > 0) return keys;
  const { x = '' } = generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' });
  return [Buffer.from(x, 'base64url').toString('base64')];
}
