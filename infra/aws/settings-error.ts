/** Settings that cannot be deployed. The message has one line for each, which says what to set. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
}
