package io.tillstream.payment.webhookendpoint;

import static org.assertj.core.api.Assertions.assertThat;

import io.tillstream.payment.webhookendpoint.StripeWebhookEndpoints.Pending;
import org.junit.jupiter.api.Test;

/** A shop that is not told where Stripe reaches it has no fault for that. */
class NotConfiguredTest {

    @Test
    void withoutAnAddressNothingIsWrong() {
        var look =
                new WebhookEndpointFlow.Look(WebhookEndpointDiagnosis.notConfigured(), new Pending(0, 0, false, null));

        StripeEndpointJson told = StripeEndpointJson.of(look);

        assertThat(told.status()).isEqualTo("not_configured");
        assertThat(told.problems()).isEmpty();
        assertThat(told.url()).isNull();
    }
}
