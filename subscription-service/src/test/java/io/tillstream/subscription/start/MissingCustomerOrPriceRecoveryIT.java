package io.tillstream.subscription.start;

import static org.assertj.core.api.Assertions.assertThat;

import io.tillstream.subscription.simulated.SimulatedStripe;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import tools.jackson.databind.JsonNode;

/** Stripe has lost what we know, as an account that was emptied; nobody told us. */
class MissingCustomerOrPriceRecoveryIT extends SimulatedStripe {

    @Autowired
    private StartSweep sweep;

    private static final String STARTER = "{'planId':'starter-monthly'}";
    private static final String PAGE =
            "{'mode':'subscription','planId':'starter-monthly','successUrl':'http://localhost:8080/welcome','cancelUrl':'http://localhost:8080/plans'}";

    private JsonNode started() {
        return json(ask("/api/subscriptions", STARTER).expectStatus().isCreated());
    }

    private static String price() {
        return texts("select stripe_price_id from plans where id = 'starter-monthly'")
                .get(0);
    }

    private static String loseThePrice() {
        String lost = price();
        STRIPE.control("/_simulator/prices/" + lost + "/delete", "{}");
        return lost;
    }

    @Test
    void aSubscriptionBeginsAtOnceThoughStripeLostTheCustomer() {
        String lost = customer();
        STRIPE.delete("/v1/customers/" + lost);

        JsonNode started = started();

        assertThat(started.path("status").asString()).isEqualTo("incomplete");
        assertThat(started.path("clientSecret").asString()).contains("_secret_");
        assertThat(customer()).isNotEqualTo(lost);
        assertThat(atStripe()).hasSize(1);
        assertThat(texts("select user_id from customers where stripe_customer_id = '" + lost + "'"))
                .containsExactly(user);
    }

    @Test
    void aSubscriptionBeginsAtOnceThoughStripeLostThePrice() {
        started(); // the price is there
        String lost = loseThePrice();
        String id = UUID.randomUUID().toString();
        execute("update subscriptions set status = 'canceled' where user_id = '" + user + "'");

        JsonNode started =
                json(ask(id, "/api/subscriptions", STARTER).expectStatus().isCreated());

        assertThat(started.path("clientSecret").asString()).contains("_secret_");
        assertThat(price()).isNotEqualTo(lost);
        assertThat(texts("select stripe_price_id from plan_prices where plan_id = 'starter-monthly'"))
                .contains(lost, price());
        assertThat(json(ask(id, "/api/subscriptions", STARTER).expectStatus().is2xxSuccessful())
                        .path("id"))
                .isEqualTo(started.path("id"));
    }

    @Test
    void thePageOpensAtOnceThoughStripeLostCustomerAndPrice() {
        STRIPE.delete("/v1/customers/" + customer());
        started();
        execute("update subscriptions set status = 'canceled' where user_id = '" + user + "'");
        loseThePrice();

        JsonNode page = json(ask("/api/checkout/sessions", PAGE).expectStatus().isCreated());

        assertThat(page.path("url").asString()).startsWith("http");
    }

    /** Whoever asked to be forgotten is not made again by what nobody waits for. */
    @Test
    void whoWasDeletedMeanwhileIsNotMadeAgain() {
        String deleted = aPageThatNobodyAnsweredFor();
        STRIPE.delete("/v1/customers/" + deleted);

        sweep.round().block(WAIT);

        assertThat(start()).containsExactly("failed resource_missing");
        assertThat(customer()).isEqualTo(deleted); // payment-service was asked for no other
    }

    @Test
    void aPageWhoseOpeningWasNotAnsweredEndsWithItsCustomer() {
        STRIPE.delete("/v1/customers/" + aPageThatNobodyAnsweredFor());

        deliverAll();

        assertThat(start()).containsExactly("failed customer-deleted");
    }

    /** Stripe lists nothing of a customer that it does not know: the start would be in the way of any other for ever. */
    @Test
    void aStartWithoutAnAnswerEndsWhereStripeDoesNotEvenKnowTheCustomer() {
        String known = customer();
        STRIPE.next("POST /v1/subscriptions", "close_before");
        ask("/api/subscriptions", STARTER).expectStatus().isAccepted();
        execute("update subscriptions set next_ask_at = now() - interval '1 day' where user_id = '" + user + "'");
        STRIPE.delete("/v1/customers/" + known);
        onlyOurStartsAreDue();
        ON_THE_WAY.refuses("GET", "/v1/subscriptions", NO_SUCH_CUSTOMER);

        sweep.round().block(WAIT);

        assertThat(start()).containsExactly("failed resource_missing");
    }

    private static final String NO_SUCH_CUSTOMER =
            "{\"error\":{\"type\":\"invalid_request_error\",\"code\":\"resource_missing\",\"param\":\"customer\",\"message\":\"No such customer\"}}";

    private String aPageThatNobodyAnsweredFor() {
        String known = customer();
        STRIPE.next("POST /v1/checkout/sessions", "close_before");
        ask("/api/checkout/sessions", PAGE).expectStatus().isEqualTo(503);
        execute("update subscriptions set next_ask_at = now() - interval '1 day' where user_id = '" + user + "'");
        assertThat(texts("select checkout_session_id from subscriptions where user_id = '" + user + "'"))
                .containsOnlyNulls();
        return known;
    }

    private List<String> start() {
        return texts("select status || ' ' || failure_code from subscriptions where user_id = '" + user + "'");
    }
}
