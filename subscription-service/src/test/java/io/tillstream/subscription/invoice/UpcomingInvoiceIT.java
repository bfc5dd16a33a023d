package io.tillstream.subscription.invoice;

import static org.assertj.core.api.Assertions.assertThat;

import io.tillstream.subscription.simulated.Subscriber;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.test.web.reactive.server.WebTestClient;
import tools.jackson.databind.JsonNode;

/** Who is told to come back does so for ever: only what passes by itself is told so. */
class UpcomingInvoiceIT extends Subscriber {

    private WebTestClient.ResponseSpec upcomingWhereStripeSays(String code) {
        ON_THE_WAY.refuses(
                "POST",
                "/v1/invoices/create_preview",
                "{\"error\":{\"type\":\"invalid_request_error\",\"code\":\"" + code + "\",\"message\":\"No.\"}}");
        return as(user).get().uri("/api/invoices/upcoming").exchange();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"customer_tax_location_invalid", "email_invalid", "amount_too_large", "status_transition_invalid"
            })
    void aRefusalThatLastsIsNoInvitationToComeBack(String code) {
        subscribes("starter-monthly", 1);

        var answer = upcomingWhereStripeSays(code);

        answer.expectHeader().doesNotExist("Retry-After");
        JsonNode no = expect(answer, 409);
        assertThat(no.path("code").asString()).isEqualTo("upcoming-invoice-refused");
        assertThat(no.path("detail").asString()).contains(code);
    }

    @Test
    void aRefusalThatPassesIsToldWithWhenToComeBack() {
        subscribes("starter-monthly", 1);

        upcomingWhereStripeSays("lock_timeout")
                .expectStatus()
                .isEqualTo(503)
                .expectHeader()
                .exists("Retry-After");
    }
}
