package io.tillstream.stripeevents;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;

class PaymentIntentStateTest {

    @Test
    void aPaymentThatSucceededNeverFails() {
        var succeeded = fact("succeeded", 10);
        assertThat(succeeded.after(fact("requires_payment_method", 20))).contains(succeeded);
        assertThat(fact("requires_payment_method", 20).after(succeeded)).contains(succeeded);
    }

    @Test
    void aPaymentThatFailedMaySucceedLater() {
        var succeeded = fact("succeeded", 20);
        assertThat(fact("requires_payment_method", 10).after(succeeded)).contains(succeeded);
    }

    @Test
    void anOlderEventChangesNothing() {
        var processing = fact("processing", 20);
        assertThat(processing.after(fact("requires_action", 10))).contains(processing);
    }

    @Test
    void stripeIsAskedWhereTwoEventsShareASecond() {
        assertThat(fact("requires_action", 10).after(fact("processing", 10))).isEmpty();
        assertThat(fact("processing", 10).after(fact("requires_action", 10))).isEmpty();
    }

    @Test
    void stripeIsAskedWhereAnEventWouldGoBack() {
        assertThat(fact("processing", 10).after(fact("requires_payment_method", 11)))
                .isEmpty();
    }

    @Test
    void anAnswerDoesNotOverrideAnEventThatIsForEver() {
        var canceled = fact("canceled", 30);
        assertThat(PaymentIntentState.afterAnswer(canceled, fact("processing", 0), null))
                .contains(canceled);
        assertThat(PaymentIntentState.afterAnswer(fact("requires_action", 30), fact("succeeded", 0), null))
                .map(PaymentIntentState::status)
                .contains("succeeded");
    }

    @Test
    void betweenAnAnswerAndAnEventThatCameMeanwhileStripeDecides() {
        var created = fact("requires_payment_method", 30);
        var declined = new PaymentIntentState(
                "pi_1", "requires_payment_method", 1999, 0, "usd", 0, null, null, "card_declined", null, null);
        assertThat(PaymentIntentState.afterAnswer(created, declined, null))
                .as("a failure in the same status is the later state")
                .map(PaymentIntentState::failureCode)
                .contains("card_declined");
        assertThat(PaymentIntentState.afterAnswer(fact("requires_action", 30), fact("processing", 0), null))
                .isEmpty();
        assertThat(PaymentIntentState.afterAnswer(created, declined, created))
                .map(PaymentIntentState::failureCode)
                .contains("card_declined");
        assertThat(PaymentIntentState.afterAnswer(fact("processing", 30), fact("processing", 0), null))
                .contains(fact("processing", 30));
        assertThat(PaymentIntentState.afterAnswer(null, declined, null)).contains(declined);
    }

    @Test
    void aSuccessWithoutItsAmountIsAQuestionToStripeAndNeverNothing() {
        var object = JsonMapper.shared()
                .readTree("{\"id\":\"pi_1\",\"status\":\"succeeded\",\"amount\":1999,\"currency\":\"usd\"}");
        PaymentIntentState bare = PaymentIntentState.read(object, 20);
        assertThat(bare.lacksAmount()).isTrue();
        assertThat(fact("processing", 10).after(bare)).isEmpty();
        assertThat(fact("succeeded", 10).after(bare)).contains(fact("succeeded", 10));
        assertThat(PaymentIntentState.afterAnswer(null, bare, null)).isEmpty();
    }

    @Test
    void theTruthIsNotOlderThanTheEventThatAskedForIt() {
        var known = fact("requires_action", 10).afterAsking(fact("processing", 0), 12);
        assertThat(known.status()).isEqualTo("processing");
        assertThat(known.after(fact("requires_payment_method", 11))).contains(known);
    }

    /** An answer names neither charge nor customer; a dispute may name the charge alone. */
    @Test
    void whatOnlyTheOneMessageSaysIsKeptWhicheverCameFirst() {
        var answer = fact("succeeded", 0);
        var event = new PaymentIntentState("pi_1", "succeeded", 1999, 0, "usd", 10, "cus_1", "ch_1", null, null, null);
        for (var known : List.of(
                answer.after(event).orElseThrow(),
                event.after(answer).orElseThrow(),
                event.afterAsking(answer, 11),
                PaymentIntentState.afterAnswer(event, answer, null).orElseThrow())) {
            assertThat(known.chargeId()).isEqualTo("ch_1");
            assertThat(known.customerId()).isEqualTo("cus_1");
        }
    }

    /** Each try has a charge of its own. */
    @Test
    void theChargeOfATryThatFailedIsNotThatOfTheSuccess() {
        var failed = new PaymentIntentState(
                "pi_1", "requires_payment_method", 1999, 0, "usd", 10, null, "ch_failed", "card_declined", null, null);
        assertThat(fact("succeeded", 0).after(failed).orElseThrow().chargeId()).isNull();
        assertThat(failed.after(fact("succeeded", 11)).orElseThrow().chargeId()).isNull();
    }

    /** Stripe's errors do not all have a code; none of them is no error. */
    @ParameterizedTest
    @CsvSource({
        "card_error, expired_card, expired_card",
        "card_error, , card_declined",
        "api_error, , api_error",
        "invalid_request_error, parameter_unknown, parameter_unknown"
    })
    void whatFailedSaysByWhoseFault(String type, @Nullable String code, String expected) {
        var object = JsonMapper.shared()
                .readTree(
                        "{\"id\":\"pi_1\",\"status\":\"requires_payment_method\",\"amount\":1999,\"currency\":\"usd\","
                                + "\"last_payment_error\":{\"type\":\"" + type + "\""
                                + (code == null ? "" : ",\"code\":\"" + code + "\"") + "}}");
        PaymentIntentState read = PaymentIntentState.read(object, 7);
        assertThat(read.failureType()).isEqualTo(type);
        assertThat(read.failureCode()).isEqualTo(expected);
        assertThat(fact("requires_payment_method", 5).after(read).orElseThrow().failureType())
                .isEqualTo(type);
    }

    @Test
    void anUnknownStatusIsAQuestionToStripe() {
        assertThat(fact("processing", 10).after(fact("requires_something_new", 11)))
                .isEmpty();
    }

    @Test
    void anIntentWithoutAmountIsNotTakenAsZero() {
        var object = JsonMapper.shared().readTree("{\"id\":\"pi_1\",\"status\":\"succeeded\",\"currency\":\"usd\"}");
        org.assertj.core.api.Assertions.assertThatThrownBy(() -> PaymentIntentState.read(object, 1))
                .isInstanceOf(UnreadableEvent.class);
    }

    private static PaymentIntentState fact(String status, long asOf) {
        return new PaymentIntentState("pi_1", status, 1999, 0, "usd", asOf, null, null, null, null, null);
    }
}
