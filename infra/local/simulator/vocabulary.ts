/** Why a losing carrier refuses an order. */
export interface ExceptionDetail {
  readonly code: string;
  readonly description: string;
}

/** Codes of the OpenAPI document's enum. Source: `PortingOrdersExceptionType`; descriptions follow its samples. */
export const exceptions: readonly [ExceptionDetail, ...ExceptionDetail[]] = [
  { code: 'ACCOUNT_NUMBER_MISMATCH', description: 'Account number does not match that on the CSR' },
  { code: 'AUTH_PERSON_MISMATCH', description: 'Authorized person does not match that on the CSR' },
  { code: 'BTN_ATN_MISMATCH', description: 'Billing telephone number does not match that on the CSR' },
  { code: 'ENTITY_NAME_MISMATCH', description: 'Entity name does not match that on the CSR' },
  { code: 'FOC_REJECTED', description: 'The OSP rejected the requested FOC date' },
  { code: 'LOCATION_MISMATCH', description: 'Service address does not match that on the CSR' },
  { code: 'LSR_PENDING', description: 'Another local service request is pending on the account' },
  { code: 'OSP_IRRESPONSIVE', description: 'The OSP does not respond' },
  { code: 'PASSCODE_PIN_INVALID', description: 'Passcode or PIN is missing or invalid' },
  { code: 'PHONE_NUMBER_MISMATCH', description: 'Phone number is not on the account' },
  { code: 'POSTAL_CODE_MISMATCH', description: 'Postal code does not match that on the CSR' },
];

/** Codes that Telnyx's samples show and the enum lacks. */
export const exceptionsOffSpec: readonly [ExceptionDetail, ...ExceptionDetail[]] = [
  { code: 'LOA_ILLEGIBLE', description: 'The LOA is illegible' },
  { code: 'INVALID_SIGNATURE_ON_THE_LOA', description: 'LOA must be signed with a wet signature' },
];

/** Comments by author, all invented. */
export const comments = {
  user: ['Please port in the evening, after business hours.', 'The new LOA is uploaded.', 'Is there news on the date?'],
  admin: [
    'LOA received, forwarded to the losing carrier.',
    'The losing carrier asks for a recent invoice.',
    'We have asked the losing carrier to check again.',
  ],
  system: ['The order was received and is being validated.', 'The order passed all automatic checks.'],
} as const satisfies Record<string, readonly [string, ...string[]]>;

export type CommentAuthor = keyof typeof comments;
