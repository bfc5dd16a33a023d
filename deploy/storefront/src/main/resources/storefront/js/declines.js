// Why a card was declined, in words that say what to do next, by the code that the API or Stripe.js gives. What is not in the
// table is told in Stripe's own words. The meanings: https://docs.stripe.com/declines/codes

const OTHER_CARD = 'Please use another card, or ask your bank.';
const CHECK = 'Please check it and try again.';

const WORDS = {
  approve_with_id: 'Your bank could not approve the payment. Please try again; if it is declined once more, ask your bank.',
  authentication_required: 'Your bank asks you to confirm this payment. Please try again and confirm it.',
  authentication_failure: 'You did not confirm the payment with your bank, so nothing was paid. You can try again.',
  payment_intent_authentication_failure: 'The payment was not confirmed with your bank, so nothing was paid. You can try again, or use another card.',
  setup_intent_authentication_failure: 'The card was not confirmed with your bank, so it was not saved. You can try again, or use another card.',
  call_issuer: `Your bank declined this card without telling us why. ${OTHER_CARD}`,
  card_declined: `Your card was declined. ${OTHER_CARD}`,
  card_not_supported: `This card cannot be used for purchases like this. ${OTHER_CARD}`,
  card_velocity_exceeded: 'This card is over its limit of payments. Please use another card, or try tomorrow.',
  currency_not_supported: `This card cannot pay in this currency. ${OTHER_CARD}`,
  do_not_honor: `Your bank declined this card without telling us why. ${OTHER_CARD}`,
  do_not_try_again: `Your bank declined this card. ${OTHER_CARD}`,
  duplicate_transaction: 'A payment of the same amount was made a moment ago. Please look at your orders before you pay again.',
  expired_card: 'This card has expired. Please use another card.',
  generic_decline: `Your card was declined. ${OTHER_CARD}`,
  incorrect_cvc: `The security code is not right. ${CHECK}`,
  incorrect_number: `The card number is not right. ${CHECK}`,
  incorrect_zip: `The postal code does not fit this card. ${CHECK}`,
  insufficient_funds: 'There is not enough money on this card. Please use another card.',
  invalid_account: `This card cannot be used. ${OTHER_CARD}`,
  invalid_amount: `Your bank does not allow this amount. ${OTHER_CARD}`,
  invalid_cvc: `The security code is not right. ${CHECK}`,
  invalid_expiry_month: `The month of expiry is not right. ${CHECK}`,
  invalid_expiry_year: `The year of expiry is not right. ${CHECK}`,
  invalid_number: `The card number is not right. ${CHECK}`,
  issuer_not_available: 'Your bank cannot be reached right now. Please try again in a few minutes.',
  not_permitted: `Your bank does not allow this payment. ${OTHER_CARD}`,
  offline_pin_required: `This card asks for its PIN, which cannot be given here. ${OTHER_CARD}`,
  processing_error: 'Something went wrong while the card was charged. Nothing was taken. Please try again.',
  reenter_transaction: 'The payment could not be made. Please try again; if it is declined once more, ask your bank.',
  try_again_later: 'Your bank cannot say yes or no right now. Please try again later.',
  withdrawal_count_limit_exceeded: 'This card is over its limit. Please use another card.',
};

/** failure: {code, declineCode?, message} of the API, or {code, decline_code?, message} of Stripe.js. */
export function declineWords(failure) {
  const known = [failure.declineCode, failure.decline_code, failure.code].find((code) => code && WORDS[code]);
  return known ? WORDS[known] : failure.message || `The payment was not made. ${OTHER_CARD}`;
}
