package io.tillstream.payment.paymentmethod;

import static io.tillstream.payment.fake.FakeStripe.Fault.NONE;
import static io.tillstream.payment.fake.FakeStripe.Fault.NOWHERE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tillstream.payment.fake.FakeStripe.Fault;
import io.tillstream.payment.fake.RealPayments;
import io.tillstream.web.Problem;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

/** Only Stripe's own word says that a card is not there: who types another one for an address that is wrong types it in vain. */
class UnprovenCardIT extends RealPayments {

    @Autowired
    private PaymentMethodFlow flow;

    private void isAnswered(int status, @Nullable String card, @Nullable String token, Fault... faults) {
        STRIPE.next(faults);
        assertThatThrownBy(
                        () -> flow.save(user, new PaymentMethodFlow.AddCommand(UUID.randomUUID(), card, token, false))
                                .block(WAIT))
                .isInstanceOfSatisfying(
                        Problem.class,
                        no -> assertThat(no.status()).as(no.toString()).isEqualTo(status));
        assertThat(DATABASE.texts("select user_id from cards where user_id = '" + user + "'"))
                .isEmpty();
    }

    @Test
    void anEmpty404OnSavingACardIsAskedAgainLater() {
        isAnswered(503, "pm_card_of_theirs", null, NOWHERE, NOWHERE, NOWHERE, NOWHERE);
    }

    @Test
    void anEmpty404OnReadingATokenIsAskedAgainLater() {
        isAnswered(503, null, "tok_of_theirs", NOWHERE, NOWHERE, NOWHERE, NOWHERE);
    }

    /** The token is used by then, and its card is there. */
    @Test
    void anEmpty404OnSavingTheCardOfATokenIsAskedAgainLater() {
        isAnswered(503, null, "tok_of_theirs", NONE, NOWHERE, NOWHERE, NOWHERE, NOWHERE);
    }

    @Test
    void aCardThatStripeSaysItDoesNotHaveIsNotThere() {
        isAnswered(404, "pm_nobodys", null);
    }
}
