package io.tillstream.order.settlement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tillstream.order.RunningService;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** A wrong amount came, which a person sees to, and its customer is deleted: payment-service holds what comes from then on. */
class WrongAmountOfDeletedCustomerIT extends RunningService {

    private static final Duration SOON = Duration.ofSeconds(60);

    private final String user = "leaver-" + UUID.randomUUID();

    private StripeLife wrongAmount(String order) {
        StripeLife life = new StripeLife(order).intent("pi_1", "succeeded", "succeeded", 1999, 1999, "usd", null);
        happens(order, life);
        becomes(order, "mismatch");
        return life;
    }

    private void happens(String order, StripeLife life) {
        life.intents().forEach(intent -> PAYMENTS.stripeHas(order, intent));
        life.events().forEach(event -> stripeSends(event.raw()));
    }

    private void becomes(String order, String status) {
        await().atMost(SOON)
                .untilAsserted(() ->
                        assertThat(order(user, order).path("status").asString()).isEqualTo(status));
    }

    private void isDeleted() {
        paymentServiceTells(
                UUID.randomUUID(),
                "customer.deleted",
                user,
                "{\"userId\":\"" + user + "\",\"deletedAt\":\"" + Instant.now() + "\"}");
    }

    /** payment-service was asked more often than before, and is not asked any more. */
    private void isToldAndLeft(String order, int before) {
        await().atMost(SOON).until(() -> PAYMENTS.closeRequests(order) > before);
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(query("select id::text from orders where customer_departed and"
                                + " cancel_requested_at is null and id = '" + order + "'"))
                        .hasSize(1));
    }

    /** Else it is held for ever: shipped, and neither the shop's nor given back. */
    @Test
    void theRightMoneyThatComesAfterTheDeletionIsConfirmed() {
        String order = placed(user);
        StripeLife life = wrongAmount(order);
        PAYMENTS.closesWith(order, "processing");
        isDeleted();
        isToldAndLeft(order, 0);
        PAYMENTS.closesWith(order, "settled");
        int before = PAYMENTS.closeRequests(order);

        life.later().intent("pi_2", "succeeded", "succeeded");
        happens(order, life);

        becomes(order, "paid");
        isToldAndLeft(order, before);
        assertThat(PAYMENTS.closeReasons(order)).containsOnly("");
    }

    /** To payment-service it is under way for as long as nobody else pays, which nobody can any more. */
    @Test
    void oneThatWentBackIsNotAskedAboutForEver() {
        String order = placed(user);
        StripeLife life = wrongAmount(order);
        life.later().refund("re_1", "pi_1", "refund.created", "succeeded", 1999);
        happens(order, life);
        becomes(order, "refunded");
        PAYMENTS.closesWith(order, "processing");

        isDeleted();

        isToldAndLeft(order, 0);
        assertThat(order(user, order).path("status").asString()).isEqualTo("refunded");
    }
}
