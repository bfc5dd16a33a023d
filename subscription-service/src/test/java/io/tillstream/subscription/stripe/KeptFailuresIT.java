package io.tillstream.subscription.stripe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.tillstream.delivery.Sweep;
import io.tillstream.stripe.OutcomeUnknown;
import io.tillstream.stripe.StripeResult;
import io.tillstream.subscription.simulated.Subscriber;
import java.util.UUID;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.test.web.reactive.server.WebTestClient;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

/**
 * Stripe repeats a failure for its key for a day: whoever asks again is not to wait for so long. Of starts, changes that are
 * billed, payments, refunds and credit this is shown where they are made.
 */
class KeptFailuresIT extends Subscriber {

    private static final String AT_THE_END = "{'planId':'pro-monthly','when':'period_end'}";
    private static final String PAGE = "{'mode':'subscription','planId':'starter-monthly',"
            + "'successUrl':'http://localhost:8080/welcome','cancelUrl':'http://localhost:8080/plans'}";

    /** What is written to Stripe, after what, and by which request. */
    private enum Write {
        CANCEL_LATER(
                "POST /v1/subscriptions/*",
                test -> {},
                (test, key) -> test.act("cancel", "{'when':'period_end'}", key)),
        CANCEL_NOW("DELETE /v1/subscriptions/*", test -> {}, (test, key) -> test.act("cancel", "{'when':'now'}", key)),
        CANCEL_NOW_WITH_ITS_SCHEDULE(
                "POST /v1/subscription_schedules/*/cancel",
                test -> ok(test.act("change", AT_THE_END)),
                (test, key) -> test.act("cancel", "{'when':'now'}", key)),
        RESUME(
                "POST /v1/subscriptions/*",
                test -> ok(test.act("cancel", "{'when':'period_end'}")),
                (test, key) -> test.act("resume", "", key)),
        RESUME_AFTER_ITS_TRIAL(
                "POST /v1/subscriptions/*/resume",
                KeptFailuresIT::isPausedByStripe,
                (test, key) -> test.act("resume", "", key)),
        PAUSE("POST /v1/subscriptions/*", test -> {}, (test, key) -> test.operatorActs("pause", "{}", key)),
        UNPAUSE(
                "POST /v1/subscriptions/*",
                test -> ok(test.operatorActs("pause", "{}", UUID.randomUUID().toString())),
                (test, key) -> test.operatorActs("resume", "", key)),
        SCHEDULE_BEGUN(
                "POST /v1/subscription_schedules", test -> {}, (test, key) -> test.act("change", AT_THE_END, key)),
        SCHEDULE_CHANGED(
                "POST /v1/subscription_schedules/*", test -> {}, (test, key) -> test.act("change", AT_THE_END, key)),
        SCHEDULE_RELEASED(
                "POST /v1/subscription_schedules/*/release",
                test -> ok(test.act("change", AT_THE_END)),
                (test, key) -> test.act("change/revoke", "", key)),
        UNPAID_CHANGE_VOIDED(
                "POST /v1/invoices/*/void",
                KeptFailuresIT::changesUnpaid,
                (test, key) -> test.act("change/revoke", "", key)),
        CARD_OF_THE_SUBSCRIPTION(
                "POST /v1/subscriptions/*",
                test -> test.card = test.savedCard("pm_card_mastercard"),
                (test, key) -> test.put(
                        test.user,
                        "/api/subscriptions/" + test.id + "/payment-method",
                        "{'paymentMethodId':'" + test.card + "'}")),
        PORTAL(
                "POST /v1/billing_portal/sessions",
                test -> {},
                (test, key) ->
                        test.ask(key, "/api/billing-portal/sessions", "{'returnUrl':'http://localhost:8080/account'}")),
        OPEN_PAGE_CLOSED(
                "POST /v1/checkout/sessions/*/expire",
                KeptFailuresIT::hasAnOpenPage,
                (test, key) -> test.ask(key, "/api/subscriptions", "{'planId':'starter-monthly'}"));

        private final String operation;
        private final Consumer<KeptFailuresIT> before;
        private final BiFunction<KeptFailuresIT, String, WebTestClient.ResponseSpec> request;

        Write(
                String operation,
                Consumer<KeptFailuresIT> before,
                BiFunction<KeptFailuresIT, String, WebTestClient.ResponseSpec> request) {
            this.operation = operation;
            this.before = before;
            this.request = request;
        }

        int status(KeptFailuresIT test, String key) {
            return request.apply(test, key)
                    .expectBody()
                    .returnResult()
                    .getStatus()
                    .value();
        }
    }

    @Autowired
    private StripeSchedules schedules;

    @Autowired
    private StripeSubscriptions subscriptions;

    @Autowired
    @Qualifier("startSweep")
    private Sweep starts;

    private String card = "";

    private WebTestClient.ResponseSpec operatorActs(String what, String body, String key) {
        return post("operator", "/api/admin/subscriptions/" + id + "/" + what, body.isEmpty() ? "{}" : body, key);
    }

    /** Its bank asks, and its user does not answer. */
    private void changesUnpaid() {
        pays(CHECKED_CARD);
        ok(changes(quoted("{'planId':'pro-monthly'}")));
    }

    /** Its trial ends and no card pays it; then there is one. */
    private void isPausedByStripe() {
        STRIPE.delete("/v1/subscriptions/" + stripeId);
        STRIPE.post(
                "/v1/payment_methods/"
                        + STRIPE.get("/v1/customers/" + customer)
                                .at("/invoice_settings/default_payment_method")
                                .asString()
                        + "/detach",
                "");
        stripeId = STRIPE.post(
                        "/v1/subscriptions",
                        "customer=" + customer + "&items[0][price]=" + priceOf("starter-monthly")
                                + "&trial_period_days=14&trial_settings[end_behavior][missing_payment_method]=pause")
                .path("id")
                .asString();
        STRIPE.advance("P15D");
        deliverAll();
        id = texts("select id from subscriptions where stripe_subscription_id = '" + stripeId + "'")
                .get(0);
        assertThat(column("status")).isEqualTo("paused");
        pays(GOOD_CARD);
    }

    private void hasAnOpenPage() {
        ok(act("cancel", "{'when':'now'}"));
        expect(ask("/api/checkout/sessions", PAGE), 201);
    }

    private static long faultsLeft() {
        return STRIPE.get("/_simulator/faults").findValues("operation").size();
    }

    @ParameterizedTest
    @EnumSource
    void whatStripeFailedOnceIsDoneAtTheNextTry(Write write) {
        subscribes("starter-monthly", 1);
        write.before.accept(this);
        String key = UUID.randomUUID().toString();
        STRIPE.next(write.operation, "error_before");

        int first = write.status(this, key);
        assertThat(faultsLeft()).as("Stripe was asked, and failed").isZero();
        int second =
                switch (first) {
                    case 202 -> write.status(this, UUID.randomUUID().toString()); // seen not to be done: asked anew
                    case 503, 504 -> write.status(this, key);
                    default -> first;
                };

        assertThat(first).isIn(200, 201, 202, 503, 504);
        assertThat(second).as("after " + first).isIn(200, 201);
        isDone(write);
    }

    @Test
    void aScheduleIsCanceledByTheSameRequestAfterACrash() {
        subscribes("starter-monthly", 1);
        ok(act("change", AT_THE_END));
        String schedule = shownAtStripe().path("schedule").asString();

        failsAndIsDoneThen(
                "POST /v1/subscription_schedules/*/cancel", () -> schedules.cancel("crashed " + id, schedule));

        isDone(Write.CANCEL_NOW_WITH_ITS_SCHEDULE);
    }

    @Test
    void whatStripePausedIsResumedByTheSameRequestAfterACrash() {
        subscribes("starter-monthly", 1);
        isPausedByStripe();

        failsAndIsDoneThen("POST /v1/subscriptions/*/resume", () -> subscriptions.resume("crashed " + id, stripeId));

        isDone(Write.RESUME_AFTER_ITS_TRIAL);
    }

    private void failsAndIsDoneThen(String operation, Supplier<Mono<StripeResult<JsonNode>>> asked) {
        STRIPE.next(operation, "error_before");
        assertThatThrownBy(() -> asked.get().block(WAIT)).isInstanceOf(OutcomeUnknown.class);
        assertThat(faultsLeft()).as("Stripe was asked, and failed").isZero();

        assertThat(asked.get().block(WAIT)).isInstanceOf(StripeResult.Ok.class);
    }

    /** Begun otherwise than it was asked for, it would be billed for ever. */
    @Test
    void whatWasBegunOtherwiseIsEndedAtTheNextTry() {
        String saved = savedCard(GOOD_CARD);
        ON_THE_WAY.next("POST", "/v1/subscriptions", form -> form.replace("[quantity]=1", "[quantity]=3"));
        STRIPE.next("DELETE /v1/subscriptions/*", "error_before");
        expect(
                ask(
                        "/api/subscriptions",
                        "{'planId':'starter-monthly','trial':false,'paymentMethodId':'" + saved + "'}"),
                202);
        assertThat(faultsLeft()).as("Stripe was asked, and failed").isZero();
        assertThat(atStripe()).singleElement().returns("active", made -> made.path("status")
                .asString());
        execute("update subscriptions set next_ask_at = now() - interval '1 day' where user_id = '" + user + "'");
        onlyOurStartsAreDue();

        await().atMost(WAIT).untilAsserted(() -> {
            starts.wake();
            assertThat(atStripe()).singleElement().returns("canceled", made -> made.path("status")
                    .asString());
        });
    }

    private void isDone(Write write) {
        var now = shownAtStripe();
        switch (write) {
            case CANCEL_LATER ->
                assertThat(now.path("cancel_at_period_end").asBoolean()
                                || !now.path("cancel_at").isNull())
                        .isTrue();
            case CANCEL_NOW, CANCEL_NOW_WITH_ITS_SCHEDULE ->
                assertThat(now.path("status").asString()).isEqualTo("canceled");
            case RESUME_AFTER_ITS_TRIAL ->
                assertThat(now.path("status").asString()).isEqualTo("active");
            case RESUME -> assertThat(now.path("cancel_at").isNull()).isTrue();
            case PAUSE ->
                assertThat(now.at("/pause_collection/behavior").asString()).isEqualTo("void");
            case UNPAUSE -> assertThat(now.path("pause_collection").isNull()).isTrue();
            case SCHEDULE_BEGUN, SCHEDULE_CHANGED ->
                assertThat(STRIPE.get("/v1/subscription_schedules/"
                                        + now.path("schedule").asString())
                                .path("phases"))
                        .hasSize(2);
            case SCHEDULE_RELEASED -> assertThat(now.path("schedule").isNull()).isTrue();
            case UNPAID_CHANGE_VOIDED ->
                assertThat(now.path("pending_update").isNull()).isTrue();
            case CARD_OF_THE_SUBSCRIPTION ->
                assertThat(now.path("default_payment_method").asString()).isEqualTo(card);
            case PORTAL -> {} // the address is the whole effect
            case OPEN_PAGE_CLOSED ->
                assertThat(STRIPE.get("/v1/checkout/sessions?customer=" + customer)
                                .at("/data/0/status")
                                .asString())
                        .isEqualTo("expired");
        }
    }
}
