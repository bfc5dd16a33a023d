package io.tillstream.payment.payment;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.MeterRegistry;
import io.tillstream.events.Money;
import io.tillstream.payment.fake.RealPayments;
import io.tillstream.payment.fake.StripeObjects;
import io.tillstream.payment.payable.Method;
import io.tillstream.payment.payable.PaymentOptions;
import io.tillstream.payment.payable.PaymentStatus;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.annotation.Autowired;

/** What Stripe refuses is no declined card, and leaves the order to be paid another way. */
class RefusedPaymentsIT extends RealPayments {

    @Autowired
    private PaymentFlow flow;

    @Autowired
    private MeterRegistry meters;

    private PaymentResult pay(Method method, @Nullable String card, @Nullable String token) {
        var terms = new PaymentOptions("Books", List.of(), null, null, null, false, false, false, null);
        return flow.pay(new PaymentCommand(
                        UUID.randomUUID(), reference, user, new Money(1999, "usd"), method, card, token, terms))
                .block(WAIT);
    }

    private double faults() {
        return meters.find("tillstream.stripe.faults").counters().stream()
                .mapToDouble(counter -> counter.count())
                .sum();
    }

    @ParameterizedTest
    @CsvSource({
        "parameter_unknown, request_refused, 1",
        "parameter_missing, request_refused, 1",
        "a_code_of_tomorrow, request_refused, 1",
        "postal_code_invalid, request_refused, 1",
        "payment_intent_unexpected_state, request_refused, 1",
        "resource_missing, request_refused, 1",
        "promotion_code_expired, request_refused, 1",
        "token_already_used, token_already_used, 0",
        "amount_too_small, amount_not_payable, 0",
        "payment_method_unactivated, payment_method_unusable, 0"
    })
    void whatStripeRefusesIsToldAsWhatItIsAndTheNextAttemptPays(String code, String told, double alarms) {
        double before = faults();
        PaymentResult refused = pay(Method.CARD, StripeObjects.REFUSED + code, null);
        assertThat(refused.payment().status()).isEqualTo(PaymentStatus.FAILED);
        assertThat(refused.payment().failure().code()).isEqualTo(told);
        assertThat(faults() - before).as("alarms").isEqualTo(alarms);
        assertThat(pay(Method.CARD, "pm_card_visa", null).payment().status()).isEqualTo(PaymentStatus.SUCCEEDED);
    }

    /** Stripe makes the intent and tells on it why it failed; its type of error says by whose fault. */
    @ParameterizedTest
    @CsvSource({
        "invalid_request_error__parameter_unknown, request_refused, fault, 1",
        "invalid_request_error, request_refused, fault, 1",
        "idempotency_error, request_refused, fault, 1",
        "api_error, stripe_error, unavailable, 0",
        "invalid_request_error__payment_method_unactivated, payment_method_unusable, unusable, 0",
        "invalid_request_error__payment_intent_authentication_failure, payment_intent_authentication_failure,"
                + " declined, 0",
        "card_error__a_code_of_tomorrow, a_code_of_tomorrow, declined, 0",
        "card_error, card_declined, declined, 0"
    })
    void whatFailedByOurFaultIsNotTheCards(String error, String code, String kind, double alarms) {
        double before = faults();
        PaymentResult failed = pay(Method.CARD, StripeObjects.FAILED_BY + error, null);
        assertThat(failed.payment().status()).isEqualTo(PaymentStatus.FAILED);
        assertThat(failed.payment().failure().code()).isEqualTo(code);
        assertThat(failed.payment().failure().kind()).isEqualTo(kind);
        assertThat(faults() - before).as("alarms").isEqualTo(alarms);
        assertThat(pay(Method.CARD, "pm_card_visa", null).payment().status()).isEqualTo(PaymentStatus.SUCCEEDED);
    }

    @Test
    void aUsedTokenIsNoDeclinedCard() {
        assertThat(pay(Method.TOKEN, null, "tok_used").payment().failure().code())
                .isEqualTo("token_already_used");
    }
}
