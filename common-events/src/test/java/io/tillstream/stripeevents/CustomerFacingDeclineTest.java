package io.tillstream.stripeevents;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Every card decline code of Stripe's list, and whether its buyer may be told.
 *
 * @see <a href="https://docs.stripe.com/declines/codes">Stripe: decline codes</a>
 */
class CustomerFacingDeclineTest {

    @ParameterizedTest
    @ValueSource(
            strings = {"fraudulent", "lost_card", "merchant_blacklist", "pickup_card", "restricted_card", "stolen_card"
            })
    void whoTriesACardThatIsNotTheirsLearnsNothing(String code) {
        var generic = new CustomerFacingDecline("card_declined", "generic_decline", "Your card was declined.", false);
        assertThat(CustomerFacingDecline.of("card_declined", code, "Your card has been lost.", true))
                .isEqualTo(generic);
        assertThat(CustomerFacingDecline.of(code, null, "Your card has been lost.", false))
                .isEqualTo(generic);
        assertThat(CustomerFacingDecline.declineCode(code)).isEqualTo("generic_decline");
        assertThat(CustomerFacingDecline.code(code)).isEqualTo("card_declined");
    }

    @ParameterizedTest
    @CsvSource({
        "approve_with_id",
        "authentication_required",
        "call_issuer",
        "card_not_supported",
        "card_velocity_exceeded",
        "currency_not_supported",
        "do_not_honor",
        "do_not_try_again",
        "duplicate_transaction",
        "expired_card",
        "generic_decline",
        "incorrect_address",
        "incorrect_cvc",
        "incorrect_number",
        "incorrect_pin",
        "incorrect_zip",
        "insufficient_funds",
        "invalid_account",
        "invalid_amount",
        "invalid_cvc",
        "invalid_expiry_month",
        "invalid_expiry_year",
        "invalid_number",
        "invalid_pin",
        "issuer_not_available",
        "new_account_information_available",
        "no_action_taken",
        "not_permitted",
        "offline_pin_required",
        "online_or_offline_pin_required",
        "pin_try_exceeded",
        "processing_error",
        "reenter_transaction",
        "revocation_of_all_authorizations",
        "revocation_of_authorization",
        "security_violation",
        "service_not_allowed",
        "stop_payment_order",
        "testmode_decline",
        "transaction_not_allowed",
        "try_again_later",
        "withdrawal_count_limit_exceeded"
    })
    void everyOtherReasonIsToldAsItIs(String code) {
        assertThat(CustomerFacingDecline.of("card_declined", code, "Why.", true))
                .isEqualTo(new CustomerFacingDecline("card_declined", code, "Why.", true));
        assertThat(CustomerFacingDecline.declineCode(code)).isEqualTo(code);
        assertThat(CustomerFacingDecline.code(code)).isEqualTo(code);
    }
}
