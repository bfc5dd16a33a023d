package io.tillstream.payment.settlement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tillstream.events.Money;
import io.tillstream.payment.payable.Payment;
import io.tillstream.payment.payable.PaymentStatus;
import io.tillstream.payment.refund.Refund;
import io.tillstream.stripeevents.StripeEvent;
import io.tillstream.testing.Seed;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

/** Money that Stripe holds and that nobody owes any more. */
class SurplusIT extends Attempted {

    private static final Duration SOON = Duration.ofSeconds(60);

    private static final String SUCCEEDED = "io.tillstream.payment.succeeded.v1";
    private static final String DUPLICATE = "io.tillstream.payment.duplicate_refunded.v1";
    private static final String LATE = "io.tillstream.payment.late_refunded.v1";

    private void succeedAndTell(ObjectNode intent, long received) {
        int before = STRIPE.objects.events.size();
        STRIPE.objects.succeed(intent, received);
        since(before).forEach(this::deliver);
    }

    private void seesTold(String... types) {
        await().atMost(SOON).untilAsserted(() -> assertThat(told()).containsExactly(types));
    }

    private List<Money> back() {
        return refunds.of(reference).map(Refund::money).collectList().block(WAIT);
    }

    @Test
    void aWrongAmountThatComesAfterTheCloseGoesBackWhole() {
        Payment payment = attempt();
        ObjectNode intent = intent(payment);
        payables.lock(reference).flatMap(payables::close).block(WAIT);
        succeedAndTell(intent, 999);
        seesTold(LATE);
        assertThat(back()).containsExactly(new Money(999, "usd"));
    }

    @Test
    void aWrongCurrencyThatComesSecondGoesBackAsItCame() {
        Payment first = attempt();
        Payment second = attempt();
        succeedAndTell(intent(first), 1999);
        ObjectNode wrong = intent(second).put("currency", "eur");
        succeedAndTell(wrong, 1999);
        seesTold(SUCCEEDED, DUPLICATE);
        assertThat(back()).containsExactly(new Money(1999, "eur"));
    }

    /** A request that Stripe carried out twice, or a copy that somebody made at its dashboard. */
    @RepeatedTest(3)
    void aSecondIntentOfTheSameAttemptIsGivenBackWhateverTheOrderOfItsEvents(RepetitionInfo repetition) {
        Payment payment = attempt();
        succeedAndTell(intent(payment), 1999);
        ObjectNode copy = intent(payment);
        int before = STRIPE.objects.events.size();
        STRIPE.objects.tell("payment_intent.created", copy);
        STRIPE.objects.succeed(copy, 1999);
        List<StripeEvent> twice = new ArrayList<>(since(before));
        twice.addAll(since(before));
        Collections.shuffle(twice, Seed.random(repetition.getCurrentRepetition()));
        twice.forEach(this::deliver);
        seesTold(SUCCEEDED, DUPLICATE);
        assertThat(back()).containsExactly(new Money(1999, "usd"));
        assertThat(status(payment)).isEqualTo(PaymentStatus.SUCCEEDED);
    }

    @Test
    void aSecondIntentPaysWhereTheFirstDidNot() {
        Payment payment = attempt();
        ObjectNode first = intent(payment).put("status", "canceled");
        deliver(STRIPE.objects.tell("payment_intent.canceled", first));
        succeedAndTell(intent(payment), 1999);
        seesTold("io.tillstream.payment.failed.v1", SUCCEEDED);
        assertThat(payables.find(reference).block(WAIT).isOpen()).isFalse();
        assertThat(back()).isEmpty();
    }
}
