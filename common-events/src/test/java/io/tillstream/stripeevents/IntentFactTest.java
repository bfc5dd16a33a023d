package io.tillstream.stripeevents;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class IntentFactTest {

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
    void anAnswerDoesNotOverrideAnEventThatCameMeanwhile() {
        var canceled = fact("canceled", 30);
        assertThat(canceled.afterAnswer(fact("processing", 0))).isEqualTo(canceled);
        assertThat(fact("requires_action", 30)
                        .afterAnswer(fact("processing", 0))
                        .status())
                .isEqualTo("requires_action");
        assertThat(fact("requires_action", 30).afterAnswer(fact("succeeded", 0)).status())
                .isEqualTo("succeeded");
    }

    @Test
    void theTruthIsNotOlderThanTheEventThatAskedForIt() {
        var known = fact("requires_action", 10).afterAsking(fact("processing", 0), 12);
        assertThat(known.status()).isEqualTo("processing");
        assertThat(known.after(fact("requires_payment_method", 11))).contains(known);
    }

    @Test
    void anUnknownStatusIsAQuestionToStripe() {
        assertThat(fact("processing", 10).after(fact("requires_something_new", 11)))
                .isEmpty();
    }

    @Test
    void anIntentWithoutAmountIsNotTakenAsZero() {
        var object = JsonMapper.shared().readTree("{\"id\":\"pi_1\",\"status\":\"succeeded\",\"currency\":\"usd\"}");
        org.assertj.core.api.Assertions.assertThatThrownBy(() -> IntentFact.read(object, 1))
                .isInstanceOf(UnreadableEvent.class);
    }

    private static IntentFact fact(String status, long asOf) {
        return new IntentFact("pi_1", status, 1999, 0, "usd", asOf, null, null, null, null, null);
    }
}
