package io.tillstream.payment.paymentmethod;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class StripeSetupsTest {

    @Test
    void theSessionsIdIsPutIntoTheUrlOnce() {
        assertThat(StripeSetups.withSessionId("http://a/b?c=d"))
                .isEqualTo("http://a/b?c=d&session_id={CHECKOUT_SESSION_ID}");
        assertThat(StripeSetups.withSessionId("http://a/{CHECKOUT_SESSION_ID}"))
                .isEqualTo("http://a/{CHECKOUT_SESSION_ID}");
    }
}
