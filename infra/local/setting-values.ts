import { generateKeyPairSync } from 'node:crypto';
import type { Names } from './description.ts';
import type { Settings } from './settings.ts';
import type { Simulator } from './simulator/simulator.ts';

/** What the functions on this machine get for the settings in their environment. */
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

/** The function needs one at boot. A key whose other half is thrown away makes it refuse every webhook. */
function publicKeys(settings: Settings, simulator: Simulator | undefined): readonly string[] {
  const keys = simulator ? [simulator.publicKey, ...settings.publicKeys] : settings.publicKeys;
  if (keys.length > 0) return keys;
  const { x = '' } = generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' });
  return [Buffer.from(x, 'base64url').toString('base64')];
}
