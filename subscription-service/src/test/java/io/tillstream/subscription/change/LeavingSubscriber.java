package io.tillstream.subscription.change;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tillstream.subscription.simulated.Subscriber;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.test.web.reactive.server.WebTestClient;
import tools.jackson.databind.JsonNode;

/** Whoever lets their subscription end with the period, while something else goes on with its schedule. */
abstract class LeavingSubscriber extends Subscriber {

    static final String NOT_NOW = "{\"error\":{\"type\":\"invalid_request_error\",\"message\":\"It cannot end now.\"}}";

    static final String LATER = "{'planId':'starter-monthly','when':'period_end'}";

    @Autowired
    ChangeSweep sweep;

    @AfterEach
    void stripeIsWell() {
        STRIPE.delete("/_simulator/faults");
    }

    void plans() {
        subscribes("pro-monthly", 1);
        ok(act("change", LATER));
    }

    String schedule() {
        return shownAtStripe().path("schedule").asString();
    }

    /** After the next look at the schedule, and before what is done by it. */
    void isCanceledAfterTheNextLook() {
        ON_THE_WAY.next("GET", schedule(), form -> form, () -> ok(act("cancel", "{'when':'period_end'}")));
    }

    /** After the look by which another card is written, and before that: the look at whether there is anything to write comes first. */
    void afterTheLookOfACard(Runnable what) {
        ON_THE_WAY.next("GET", schedule(), form -> form, () -> {});
        ON_THE_WAY.next("GET", schedule(), form -> form, what);
    }

    void endsAndIsNotBilledAgain() {
        assertThat(shownAtStripe().path("cancel_at").asLong(0)).isPositive();
        STRIPE.advance("P33D");
        deliverAll();
        assertThat(column("status || ' ' || plan_id")).isEqualTo("canceled pro-monthly");
        assertThat(invoices()).hasSize(1);
    }

    /** The answer may have come before either of the two. */
    void isWrittenOver() {
        await().atMost(WAIT).untilAsserted(() -> {
            JsonNode now = STRIPE.get("/v1/subscription_schedules/" + schedule());
            assertThat(now.at("/metadata/ended_by").asString("")).isEqualTo("user");
            assertThat(now.path("phases")).as("written over").hasSize(2);
        });
    }

    void sweeps() {
        execute("update schedule_writes set next_attempt_at = now() - interval '1 day' where subscription_id = '" + id
                + "'");
        sweep.round().block(WAIT);
        assertThat(texts("select count(*) from schedule_writes where subscription_id = '" + id + "'"))
                .containsExactly("0");
    }

    void goesOn() {
        assertThat(shownAtStripe().path("cancel_at").isNull()).isTrue();
        assertThat(shownAtStripe().path("cancel_at_period_end").asBoolean()).isFalse();
        assertThat(shownAtStripe().path("status").asString()).isEqualTo("active");
    }

    String plansWithACard() {
        subscribes("pro-monthly", 1);
        paysWith(savedCard(GOOD_CARD)).expectStatus().isOk();
        ok(act("change", LATER));
        return savedCard("pm_card_mastercard");
    }

    WebTestClient.ResponseSpec paysWith(String card) {
        return put(user, "/api/subscriptions/" + id + "/payment-method", "{'paymentMethodId':'" + card + "'}");
    }

    /** The answer may have come before it is done. */
    void isPaidWithAndStillEnds(String card) {
        paysWith(card).expectStatus().is2xxSuccessful();
        await().atMost(WAIT).untilAsserted(() -> {
            JsonNode now = STRIPE.get("/v1/subscription_schedules/" + schedule());
            assertThat(now.path("phases")).hasSize(1);
            assertThat(now.path("end_behavior").asString()).isEqualTo("cancel");
            assertThat(shownAtStripe().path("default_payment_method").asString())
                    .isEqualTo(card);
        });
    }

    /** A 202 comes where it takes longer: the second answer is the same. */
    JsonNode resumes() {
        AtomicReference<JsonNode> resumed = new AtomicReference<>();
        await().atMost(WAIT).untilAsserted(() -> resumed.set(ok(act("resume", ""))));
        return resumed.get();
    }
}
