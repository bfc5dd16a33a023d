package io.tillstream.acceptance;

import static io.tillstream.acceptance.User.NOBODY;
import static io.tillstream.acceptance.User.STRANGER;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** A plan is picked and paid for, or is not: nobody is billed twice, and nobody has what they did not pay for. */
class SubscriptionStartIT {

    private static final Duration PATIENCE = User.PATIENCE;

    @Test
    void twentyStartsAtOnceAreOneSubscriptionAtStripe() {
        Starting bea = Starting.of("bea");
        bea.user().get("/api/subscriptions").expect(200); // then the token is there

        List<Answer> answers = IdempotencyIT.atOnce(20, () -> bea.begins(""));

        assertThat(answers)
                .allSatisfy(
                        answer -> assertThat(answer.status()).as(answer.body()).isIn(200, 201, 202, 409))
                .anySatisfy(answer -> assertThat(answer.status()).isIn(201, 202));
        assertThat(answers.stream()
                        .map(answer -> answer.status() == 409 ? answer.text("/subscriptionId") : answer.id())
                        .filter(id -> !id.isEmpty())
                        .distinct())
                .hasSize(1);
        assertThat(answers)
                .filteredOn(answer -> answer.status() == 409)
                .allSatisfy(answer -> assertThat(answer.text("/code")).isEqualTo("subscription-already-live"));
        Quiet.await();
        assertThat(bea.atStripe()).hasSize(1);
        assertThat(bea.user().get("/api/subscriptions?status=incomplete").json().path("data"))
                .hasSize(1);
        assertThat(bea.user().get("/api/subscriptions").json().path("data")).isEmpty();
    }

    @Test
    void whatIsPaidOnStripesPageRuns() {
        Starting cleo = Starting.of("cleo");
        Answer page = cleo.opensPage().expect(201);
        String id = page.text("/subscriptionId");
        assertThat(cleo.status(id)).isEqualTo("starting");
        assertSession(cleo, page, "open", "unpaid");
        STRANGER.get("/api/checkout/sessions/" + page.id()).expectProblem(404, "not-found");

        HostedPage.pay(page.text("/url"), "4242424242424242");

        assertSession(cleo, page, "complete", "paid");
        STRANGER.get("/api/checkout/sessions/" + page.id()).expectProblem(404, "not-found");
        cleo.seesStatus(id, "active");
        cleo.seesAccess();
        assertThat(cleo.liveAtStripe()).hasSize(1);
        cleo.opensPage().expectProblem(409, "subscription-already-live");
    }

    private static void assertSession(Starting of, Answer page, String status, String payment) {
        Answer seen = of.user().get("/api/checkout/sessions/" + page.id()).expect(200);
        assertThat(seen.text("/mode")).isEqualTo("subscription");
        assertThat(seen.text("/status")).isEqualTo(status);
        assertThat(seen.text("/paymentStatus")).isEqualTo(payment);
        assertThat(seen.text("/subscriptionId")).isEqualTo(page.text("/subscriptionId"));
    }

    @Test
    void aDeclinedSavedCardLeavesNothingBehindAndAnotherCardBegins() {
        Starting dora = Starting.of("dora");

        Answer no = dora.beginsWithCard("pm_card_chargeCustomerFail").expectProblem(402, "card-declined");

        assertThat(no.text("/failure/declineCode")).isNotEmpty();
        Quiet.await();
        assertThat(dora.liveAtStripe()).isEmpty();
        assertThat(dora.features()).isEmpty();
        assertThat(dora.toldOfAccess()).isEmpty();

        Answer begun = dora.beginsWithCard("pm_card_visa").expect(201, 202);

        dora.seesStatus(begun.id(), "active");
        dora.seesAccess();
        assertThat(dora.liveAtStripe()).hasSize(1);
    }

    @Test
    void aPromotionCodeLowersTheFirstBillIfThereIsSuchACode() {
        Starting eli = Starting.of("eli");
        Answer no = eli.begins(", \"promotionCode\": \"NOSUCHCODE\"").expectProblem(422, "validation-failed");
        assertThat(no.text("/errors/0/field")).isEqualTo("promotionCode");
        assertThat(eli.atStripe()).isEmpty();
        String code = "HALF" + User.key().substring(0, 8).toUpperCase(Locale.ROOT);
        String coupon = Simulator.stripe("POST", "/v1/coupons", Map.of("percent_off", "50", "duration", "once"))
                .expect(200)
                .id();
        Simulator.stripe(
                        "POST",
                        "/v1/promotion_codes",
                        Map.of("promotion[type]", "coupon", "promotion[coupon]", coupon, "code", code))
                .expect(200);

        Answer begun = eli.begins(", \"promotionCode\": \"" + code + "\"").expect(201);

        assertThat(Simulator.get("/v1/invoices/" + begun.text("/latestInvoiceId"))
                        .path("amount_due")
                        .asLong())
                .isEqualTo(Starting.PRICE / 2);
        eli.pays(begun);
        eli.seesStatus(begun.id(), "active");
        await("the lower bill").atMost(PATIENCE).untilAsserted(() -> assertThat(eli.bills(begun.id()))
                .singleElement()
                .satisfies(bill -> {
                    assertThat(bill.path("status").asString()).isEqualTo("paid");
                    assertThat(bill.at("/subtotal/amount").asLong()).isEqualTo(Starting.PRICE);
                    assertThat(bill.at("/amountPaid/amount").asLong()).isEqualTo(Starting.PRICE / 2);
                }));
    }

    @Test
    void othersNeitherSeeNorTouchIt() {
        Starting finn = Starting.of("finn");
        Answer begun = finn.begins();
        String one = "/api/subscriptions/" + begun.id();
        String bill = "/api/invoices/" + begun.text("/latestInvoiceId");
        await("the bill")
                .atMost(PATIENCE)
                .untilAsserted(() -> finn.user().get(bill).expect(200));

        for (String path : List.of(
                one,
                one + "/settlement",
                one + "/timeline",
                bill,
                "/api/invoices/upcoming?subscriptionId=" + begun.id())) {
            STRANGER.get(path).expectProblem(404, "not-found");
            NOBODY.get(path).expect(401);
        }
        Map<String, String> acts = Map.of(
                "/quote", "{\"planId\": \"starter-yearly\"}",
                "/change", "{\"planId\": \"starter-yearly\", \"when\": \"now\"}",
                "/change/revoke", "",
                "/cancel", "{\"when\": \"now\"}",
                "/pause", "{}",
                "/resume", "");
        acts.forEach((act, wish) -> {
            String body = wish.isEmpty() ? null : wish;
            Map<String, String> key = Map.of("Idempotency-Key", User.key());
            STRANGER.send("POST", one + act, body, key).expectProblem(404, "not-found");
            NOBODY.send("POST", one + act, body, key).expect(401);
        });
        assertThat(STRANGER.get("/api/invoices?subscriptionId=" + begun.id())
                        .expect(200)
                        .json()
                        .path("data"))
                .isEmpty();
        NOBODY.post("/api/subscriptions", "{\"planId\": \"" + Starting.PLAN + "\"}")
                .expect(401);
        NOBODY.get("/api/entitlements").expect(401);

        JsonNode untouched = finn.user().get(one).expect(200).json();
        assertThat(untouched.path("status").asString()).isEqualTo("incomplete");
        assertThat(untouched.path("version").asInt())
                .isEqualTo(begun.json().path("version").asInt());
    }

    @Test
    void aPageThatListensIsToldThatItRunsWithoutAsking() throws Exception {
        Starting gus = Starting.of("gus");
        Answer begun = gus.begins();
        try (SettlementStream stream = SettlementStream.ofSubscription(gus.user(), begun.id())) {
            stream.seesState("action_required");

            gus.pays(begun);

            stream.seesState("active");
        }
    }
}
