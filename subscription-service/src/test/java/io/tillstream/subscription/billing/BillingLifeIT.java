package io.tillstream.subscription.billing;

import static org.assertj.core.api.Assertions.assertThat;

import io.tillstream.delivery.EventOutcome;
import io.tillstream.stripeevents.StripeEvent;
import io.tillstream.testing.Seed;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Access follows the payment of a subscription through its life. */
class BillingLifeIT extends Billed {

    private static final List<String> FULL = List.of("exports full", "rooms full");
    private static final List<String> LIMITED = List.of("exports limited", "rooms limited");

    @Test
    void whoPaysKeepsAccessWhoOwesIsLimitedAndWhoPaysAgainHasAllOfItBack() {
        subscribes("&trial_period_days=7");
        deliverAll();
        assertThat(status()).isEqualTo("trialing");
        assertThat(entitlements()).isEqualTo(FULL);
        lives("P8D");
        assertThat(status()).isEqualTo("active");
        for (int renewal = 0; renewal < 3; renewal++) {
            livesAMonth();
            assertThat(entitlements()).isEqualTo(FULL);
        }
        assertThat(told("entitlement")).containsExactly("entitlement.granted", "entitlement.granted");
        gives("pm_card_chargeCustomerFail");
        livesAMonth();
        assertThat(status()).isEqualTo("past_due").isEqualTo(statusAtStripe());
        lives("P3DT1H");
        assertThat(entitlements()).isEqualTo(LIMITED);
        paysWhatIsOwed();
        assertThat(status()).isEqualTo("active").isEqualTo(statusAtStripe());
        assertThat(entitlements()).isEqualTo(FULL);
        assertThat(texts("select past_due_since from subscriptions where id = '" + id() + "'"))
                .containsOnlyNulls();
        assertThat(told("entitlement"))
                .containsExactly(
                        "entitlement.granted",
                        "entitlement.granted",
                        "entitlement.limited",
                        "entitlement.limited",
                        "entitlement.granted",
                        "entitlement.granted");
        assertThat(told("invoice.payment_failed")).hasSize(attemptsThatFailed());
    }

    private void paysWhatIsOwed() {
        gives("pm_card_visa");
        String bill = texts("select latest_invoice_id from subscriptions where id = '" + id() + "'")
                .get(0);
        STRIPE.post("/v1/invoices/" + bill + "/pay", "");
        deliverAll();
    }

    /** Stripe counts its own tries, and not the one that the user made. */
    private int attemptsThatFailed() {
        return STRIPE.get("/v1/invoices/"
                        + STRIPE.get("/v1/subscriptions/" + stripeId)
                                .path("latest_invoice")
                                .asString())
                .path("attempt_count")
                .asInt();
    }

    @Test
    void whoNeverPaysAgainLosesAccessWhenStripeGivesUp() {
        subscribes();
        deliverAll();
        assertThat(entitlements()).isEqualTo(FULL);
        gives("pm_card_chargeCustomerFail");
        livesAMonth();
        lives("P20D");
        assertThat(status()).isEqualTo("canceled").isEqualTo(statusAtStripe());
        assertThat(entitlements()).isEmpty();
        assertThat(told("entitlement.revoked")).hasSize(2);
        assertThat(told("invoice.payment_failed")).hasSize(4);
    }

    /** Nobody can pay the bill of a subscription that is over: it must not weigh on the next one, which is paid. */
    @Test
    void eachPaidMonthMayBeFollowedByDaysOfGrace() {
        String price = plan(product, FEATURES);
        subscribesTo(price);
        deliverAll();
        gives("pm_card_chargeCustomerFail");
        livesAMonth();
        STRIPE.delete("/v1/subscriptions/" + stripeId);
        deliverAll();
        assertThat(status()).isEqualTo("canceled");

        gives("pm_card_visa");
        subscribesTo(price);
        deliverAll();
        gives("pm_card_chargeCustomerFail");
        livesAMonth();

        assertThat(status()).isEqualTo("past_due");
        assertThat(entitlements()).isEqualTo(FULL);
    }

    /** Else a trial of fourteen days is one of thirty-five, for each card that can be saved and never pays. */
    @Test
    void aTrialWithACardThatNeverPaysIsNoLongerThanATrial() {
        gives("pm_card_chargeCustomerFail");
        subscribes("&trial_period_days=14");
        deliverAll();
        assertThat(status()).isEqualTo("trialing");
        assertThat(entitlements()).isEqualTo(FULL);

        lives("P14DT2H");

        assertThat(status()).isEqualTo("past_due").isEqualTo(statusAtStripe());
        assertThat(entitlements()).isEmpty();
        paysWhatIsOwed();
        assertThat(status()).isEqualTo("active").isEqualTo(statusAtStripe());
        assertThat(entitlements()).isEqualTo(FULL);
        gives("pm_card_chargeCustomerFail");
        livesAMonth();
        assertThat(status()).isEqualTo("past_due").isEqualTo(statusAtStripe());
        assertThat(entitlements())
                .as("who has paid before has the days of the policy")
                .isEqualTo(FULL);
    }

    @Test
    void nothingIsGivenForABillThatIsNotPaid() {
        subscribes("&payment_behavior=default_incomplete");
        deliverAll();
        assertThat(status()).isEqualTo("incomplete");
        assertThat(entitlements()).isEmpty();
        assertThat(told("entitlement")).isEmpty();
        lives("PT24H");
        assertThat(status()).isEqualTo("incomplete_expired").isEqualTo(statusAtStripe());
        assertThat(told("entitlement")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void inWhateverOrderItsEventsComeTheEndIsTheSame(long seed) {
        subscribes("&trial_period_days=7");
        passes("P8D");
        List<StripeEvent> events = newsOfAMonth();
        gives("pm_card_chargeCustomerFail");
        events.addAll(newsOfAMonth());
        passes("P3DT1H");
        gives("pm_card_visa");
        String bill = STRIPE.get("/v1/subscriptions/" + stripeId)
                .path("latest_invoice")
                .asString();
        STRIPE.post("/v1/invoices/" + bill + "/pay", "");
        boolean canceled = seed % 2 == 0;
        if (canceled) {
            STRIPE.delete("/v1/subscriptions/" + stripeId);
        }
        events.addAll(news());
        List<StripeEvent> twice = new ArrayList<>(events);
        twice.addAll(events);
        Collections.shuffle(twice, Seed.random(seed));
        settle(twice);
        assertThat(status()).isEqualTo(canceled ? "canceled" : "active").isEqualTo(statusAtStripe());
        assertThat(entitlements()).isEqualTo(canceled ? List.of() : FULL);
        assertThat(billsHere()).isEqualTo(billsAtStripe());
        assertThat(told("invoice.paid")).hasSize((int)
                billsHere().stream().filter(text -> text.contains(" paid ")).count());
        assertThat(heldByOthers()).isEqualTo(canceled ? 0 : 2);
    }

    @Test
    void twoInstancesSideBySideTellOnce() {
        subscribes();
        for (StripeEvent event : newsOfAMonth()) {
            Stream.of(1, 2, 3)
                    .map(instance -> CompletableFuture.supplyAsync(() -> deliver(event)))
                    .toList()
                    .forEach(CompletableFuture::join);
        }
        assertThat(told("entitlement")).containsExactly("entitlement.granted", "entitlement.granted");
        assertThat(told("invoice.paid")).hasSize(2);
    }

    @Test
    void twoSubscriptionsThatGiveTheSameAreOneEntitlement() {
        subscribes();
        deliverAll();
        String first = stripeId;
        subscribesTo(plan(product + "b", "['rooms','seats']"));
        deliverAll();
        assertThat(entitlements()).containsExactly("exports full", "rooms full", "seats full");
        STRIPE.delete("/v1/subscriptions/" + first);
        deliverAll();
        assertThat(entitlements()).containsExactly("rooms full", "seats full");
        assertThat(told("entitlement.granted")).hasSize(3);
        assertThat(told("entitlement.revoked")).hasSize(1);
    }

    @Test
    void anotherPlanGivesItsFeaturesAndKeepsSinceWhenTheSharedOnesAreGiven() {
        subscribes();
        deliverAll();
        String since = sinceOf("rooms");
        String other = plan(product + "b", "['rooms','seats']");
        JsonNode item = STRIPE.get("/v1/subscriptions/" + stripeId)
                .path("items")
                .path("data")
                .path(0);
        lives("P3D");
        STRIPE.post(
                "/v1/subscriptions/" + stripeId,
                "items[0][id]=" + item.path("id").asString() + "&items[0][price]=" + other);
        deliverAll();
        assertThat(entitlements()).containsExactly("rooms full", "seats full");
        assertThat(sinceOf("rooms")).isEqualTo(since);
        assertThat(told("entitlement"))
                .containsExactly(
                        "entitlement.granted", "entitlement.granted", "entitlement.revoked", "entitlement.granted");
    }

    @Test
    void billsAreSeenByTheirOwnerNewestFirst() {
        subscribes();
        livesAMonth();
        JsonNode list = get("/api/invoices?subscriptionId=" + id()).path("data");
        assertThat(list).hasSize(2);
        JsonNode newest = list.path(0);
        assertThat(newest.path("billingReason").asString()).isEqualTo("subscription_cycle");
        assertThat(newest.path("total").path("amount").asLong()).isEqualTo(2000);
        assertThat(newest.path("status").asString()).isEqualTo("paid");
        assertThat(newest.path("hostedUrl").asString()).startsWith("http");
        assertThat(newest.path("pdfUrl").asString()).startsWith("http");
        assertThat(newest.path("lines")).hasSize(1);
        String path = "/api/invoices/" + newest.path("id").asString();
        assertThat(get(path).path("number").asString())
                .isEqualTo(newest.path("number").asString());
        as("somebody").get().uri(path).exchange().expectStatus().isNotFound();
        as("somebody")
                .get()
                .uri("/api/invoices")
                .exchange()
                .expectBody()
                .jsonPath("$.data")
                .isEmpty();
        JsonNode next = get("/api/invoices/upcoming");
        assertThat(next.path("amountDue").path("amount").asLong()).isEqualTo(2000);
        assertThat(next.path("subscriptionId").asString()).isEqualTo(id());
        STRIPE.delete("/v1/subscriptions/" + stripeId);
        deliverAll();
        as(user).get()
                .uri("/api/invoices/upcoming?subscriptionId=" + id())
                .exchange()
                .expectStatus()
                .isNotFound()
                .expectBody()
                .jsonPath("$.code")
                .isEqualTo("no-upcoming-invoice");
    }

    @Test
    void aRenewalThatTheBankWantsToSeeTheUserForCanBePaidByTheUser() {
        subscribes();
        deliverAll();
        gives("pm_card_authenticationRequired");
        livesAMonth();
        assertThat(told("invoice.action_required")).hasSize(1);
        JsonNode open = get("/api/invoices").path("data").path(0);
        assertThat(open.path("status").asString()).isEqualTo("open");
        assertThat(open.path("actionRequired").asBoolean()).isTrue();
        assertThat(open.has("clientSecret")).isFalse();
        JsonNode one = get("/api/invoices/" + open.path("id").asString());
        assertThat(one.path("clientSecret").asString()).contains("_secret_");
        assertThat(one.path("hostedUrl").asString()).startsWith("http");
        assertThat(texts("select 1 from invoices where lines::text like '%_secret_%'"))
                .isEmpty();
    }

    @Test
    void whatIsToComeIsToldOncePerPeriod() {
        subscribes();
        deliverAll();
        passes("P27D");
        List<StripeEvent> upcoming = newsOf(news(), "invoice.upcoming");
        assertThat(upcoming).isNotEmpty();
        upcoming.forEach(this::deliver);
        upcoming.forEach(this::deliver);
        assertThat(told("invoice.upcoming")).hasSize(1);
    }

    private String sinceOf(String feature) {
        return texts("select since from entitlements where user_id = '" + user + "' and feature = '" + feature + "'")
                .get(0);
    }

    /** How many features others think that the user has, who listen to granted and revoked only. */
    private int heldByOthers() {
        Set<String> held = new HashSet<>();
        List<String> told = told("entitlement");
        List<String> features = texts("select payload::json ->> 'feature' from outbox where aggregate_id = '" + user
                + "' and type like 'io.tillstream.entitlement%' order by seq");
        for (int i = 0; i < told.size(); i++) {
            if (told.get(i).equals("entitlement.revoked")) {
                assertThat(held.remove(features.get(i)))
                        .as("revoked once: %s", told)
                        .isTrue();
            } else {
                held.add(features.get(i));
            }
        }
        return held.size();
    }

    /** Delivers all, and what had to wait again, as the parked events do. */
    private void settle(List<StripeEvent> events) {
        List<StripeEvent> waiting = new ArrayList<>();
        for (StripeEvent event : events) {
            if (deliver(event) instanceof EventOutcome.Parked) {
                waiting.add(event);
            }
        }
        assertThat(waiting).allSatisfy(event -> assertThat(deliver(event)).isNotInstanceOf(EventOutcome.Parked.class));
    }

    private List<String> billsHere() {
        return texts(
                "select stripe_invoice_id || ' ' || status || ' ' || amount_paid || ' ' || amount_remaining || ' ' "
                        + "|| attempt_count from invoices where user_id = '" + user + "' order by 1");
    }

    private List<String> billsAtStripe() {
        return STRIPE.get("/v1/invoices?limit=100&subscription=" + stripeId)
                .path("data")
                .valueStream()
                .map(bill ->
                        bill.path("id").asString() + " " + bill.path("status").asString() + " "
                                + bill.path("amount_paid").asLong() + " "
                                + bill.path("amount_remaining").asLong() + " "
                                + bill.path("attempt_count").asLong())
                .sorted()
                .toList();
    }
}
