/** Said before anything is changed at Telnyx. */
export const WHO_MAY = [
  "Only an organization's owner may change notification settings at Telnyx: use a key of theirs.",
  'One ledger covers one Telnyx account: a managed account needs a ledger of its own.',
].join('\n');
