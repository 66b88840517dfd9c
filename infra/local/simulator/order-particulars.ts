import { createRandom } from './random.ts';

const carriers = ['Unreal Communications', 'Northwind Telephone', 'Fictional Mobile'] as const;

/**
 * The members of a porting order that no event shows, filled as in an order that is complete. Whatever is private has
 * the word "private" in it, or is a phone number that begins with `+130355501`: so a leak can be searched for. The
 * order's id alone decides: an account that is started again (simulated-account.ts) shows the same order.
 */
export const particularsOf = (id: string) => {
  const random = createRandom(`porting order/${id}`);
  const mark = random.hex(6);
  const text = (what: string): string => `private ${what} ${mark}`;
  const numbers = random.chance(0.1) ? random.integer(51, 120) : random.integer(1, 12);
  return {
    /** The number of phone numbers before any split. */
    numbers,
    customer_group_reference: `group-${random.integer(1, 9)}`,
    old_service_provider_ocn: random.pick(carriers),
    phone_number_type: random.pick(['local', 'local', 'local', 'mobile', 'toll_free']),
    requestedDays: random.integer(10, 20),
    fast_port_eligible: random.chance(0.5),
    description: text('description'),
    documents: { invoice: random.uuid(), loa: random.uuid() },
    user_id: random.uuid(),
    end_user: {
      admin: {
        account_number: text('account'),
        auth_person_name: text('person'),
        billing_phone_number: '+13035550199',
        business_identifier: text('business'),
        entity_name: text('company'),
        pin_passcode: text('pin'),
        tax_identifier: text('tax'),
      },
      location: {
        administrative_area: 'CO',
        country_code: 'US',
        extended_address: text('floor'),
        locality: text('city'),
        postal_code: text('postcode'),
        street_address: text('street'),
      },
    },
    misc: { new_billing_phone_number: '+13035550198', remaining_numbers_action: 'keep', type: 'partial' },
    phone_number_configuration: {
      billing_group_id: random.uuid(),
      connection_id: random.uuid(),
      emergency_address_id: random.uuid(),
      messaging_profile_id: random.uuid(),
      tags: [text('tag')],
    },
    requirements: [
      {
        field_type: 'document',
        field_value: text('requirement'),
        record_type: 'porting_requirement',
        requirement_type_id: random.uuid(),
      },
    ],
    user_feedback: { user_comment: text('feedback'), user_rating: 5 },
  };
};

/** The phone number with this index in an order. */
export const phoneNumber = (index: number): string => `+130355501${String(index).padStart(3, '0')}`;
