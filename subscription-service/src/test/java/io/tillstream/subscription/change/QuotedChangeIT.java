package io.tillstream.subscription.change;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tillstream.subscription.simulated.Subscriber;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import tools.jackson.databind.JsonNode;

/** What is quoted is what is billed. */
class QuotedChangeIT extends Subscriber {

    @Autowired
    private ChangeSweep sweep;

    @Autowired
    private Changes changes;

    @AfterEach
    void stripeIsWell() {
        STRIPE.delete("/_simulator/faults");
    }

    /** Its card may have been charged: it is not to wait for a batch, or for those that were asked about often. */
    @Test
    void whatIsAskedForTheFirstTimeWaitsForNoneThatWereAskedForOften() {
        subscribes("starter-monthly", 1);
        execute("""
                with others as (
                    insert into subscriptions (id, user_id, plan_id, currency, status, request, created_at, updated_at)
                    select gen_random_uuid(), '%1$s-' || n, 'starter-monthly', 'usd', 'canceled', '{}', now(), now()
                    from generate_series(1, 45) n
                    returning id)
                insert into subscription_changes (id, request_id, subscription_id, plan_id, stripe_price_id, stripe_item_id,
                    quantity, status, tries, next_ask_at, created_at, updated_at)
                select gen_random_uuid(), gen_random_uuid(), id, 'starter-monthly', 'price_none', 'si_none', 1, 'asked',
                    case when id = (select min(id::text)::uuid from others) then 0 else 9 end,
                    now() - case when id = (select min(id::text)::uuid from others) then interval '1 hour'
                        else interval '1 day' end, now(), now()
                from others""".formatted(user));
        String ours =
                " from subscription_changes c join subscriptions s on s.id = c.subscription_id where s.user_id like '"
                        + user + "-%'";
        try {
            assertThat(changes.claim().map(Change::subscriptionId).collectList().block(WAIT))
                    .map(UUID::toString)
                    .containsAll(texts("select c.subscription_id" + ours + " and c.tries = 1"));
            assertThat(texts("select count(*)" + ours + " and c.tries = 1")).containsExactly("1");

            sweep.round().block(WAIT);

            assertThat(texts("select count(*)" + ours + " and c.status = 'asked' and c.next_ask_at <= now()"))
                    .containsExactly("0");
        } finally {
            execute("update subscription_changes set status = 'refused', next_ask_at = null where subscription_id in ("
                    + "select id from subscriptions where user_id like '" + user + "-%')");
        }
    }

    @Test
    void anUpgradeIsBilledExactlyAsQuoted() {
        subscribes("starter-monthly", 1);
        JsonNode quote = quoted("{'planId':'pro-monthly','quantity':2}");
        assertThat(quote.at("/total/amount").asLong()).isEqualTo(2 * 2900 - 900);
        assertThat(quote.at("/amountDueNow/amount").asLong()).isEqualTo(2 * 2900 - 900);
        assertThat(quote.path("lines").size()).isEqualTo(2);
        assertThat(quote.at("/total/currency").asString()).isEqualTo("usd");

        JsonNode changed = ok(changes(quote));

        assertThat(changed.path("planId").asString()).isEqualTo("pro-monthly");
        assertThat(changed.path("quantity").asInt()).isEqualTo(2);
        assertBilled(quote);
        assertThat(priceAtStripe()).isEqualTo(priceOf("pro-monthly"));
        deliverAll();
        assertThat(column("plan_id")).isEqualTo("pro-monthly");
    }

    /** Else the next invoice is one that nobody can pay. */
    @Test
    void moreSeatsThanCanBePaidForAreNoChange() {
        String plan = "dear-" + UUID.randomUUID().toString().substring(0, 8);
        expect(
                post(
                        "operator",
                        "/api/plans",
                        "{'id':'" + plan + "','product':'" + plan
                                + "','name':'Dear','interval':'month','perSeat':true,'maxQuantity':3,"
                                + "'prices':[{'amount':40000000,'currency':'usd'}],'features':[]}"),
                201);
        subscribes(plan, 1);

        refused(act("quote", "{'quantity':3}"), 422, "amount-not-payable");
        refused(act("change", "{'quantity':3,'when':'now'}"), 422, "amount-not-payable");
        refused(act("change", "{'quantity':3,'when':'period_end'}"), 422, "amount-not-payable");

        assertThat(shownAtStripe().at("/items/data/0/quantity").asInt()).isEqualTo(1);
        assertThat(quoted("{'quantity':2}").at("/total/amount").asLong())
                .isBetween(39_990_000L, 40_000_000L); // less the seconds of the month that are over, each 15 cents
    }

    @Test
    void aDowngradeGivesBackExactlyAsQuoted() {
        subscribes("pro-monthly", 3);
        JsonNode quote = quoted("{'planId':'starter-monthly'}");
        assertThat(quote.at("/total/amount").asLong()).isEqualTo(900 - 3 * 2900);
        assertThat(quote.at("/amountDueNow/amount").asLong()).isZero();
        assertThat(quote.at("/creditGiven/amount").asLong()).isEqualTo(3 * 2900 - 900);

        assertThat(ok(changes(quote)).path("planId").asString()).isEqualTo("starter-monthly");

        assertBilled(quote);
        assertThat(STRIPE.get("/v1/customers/" + customer).path("balance").asLong())
                .isEqualTo(900 - 3 * 2900);
    }

    @Test
    void theCreditOfADowngradeIsShownWhereItIsGivenAndWhereItPays() {
        subscribes("pro-monthly", 1);
        STRIPE.advance("PT2S"); // invoices of one second have no order
        ok(changes(quoted("{'planId':'starter-monthly'}")));
        deliverAll();

        JsonNode bill = get("/api/invoices?subscriptionId=" + id).at("/data/0");
        assertThat(bill.at("/total/amount").asLong()).isEqualTo(900 - 2900);
        assertThat(bill.at("/creditGiven/amount").asLong()).isEqualTo(2900 - 900);
        assertThat(bill.at("/creditUsed/amount").asLong()).isZero();
        JsonNode next = get("/api/invoices/upcoming?subscriptionId=" + id);
        assertThat(next.at("/credit/amount").asLong()).isEqualTo(2900 - 900);
        assertThat(next.at("/creditUsed/amount").asLong()).isEqualTo(900);
        assertThat(next.at("/amountDue/amount").asLong()).isZero();

        STRIPE.advance("P33D");
        deliverAll();
        JsonNode renewal = get("/api/invoices?subscriptionId=" + id).at("/data/0");
        assertThat(renewal.at("/creditUsed/amount").asLong()).isEqualTo(900);
        assertThat(renewal.at("/amountPaid/amount").asLong()).isZero();
    }

    /** Stripe repeats it for a day, and the next change would wait for as long. */
    @Test
    void aFailureThatStripeKeepsForTheKeyOfAChangeIsItsEnd() {
        subscribes("starter-monthly", 1);
        STRIPE.next("POST /v1/subscriptions/*", "error_before");
        expect(act("change", "{'planId':'pro-monthly','when':'now'}"), 202);

        execute("update subscription_changes set next_ask_at = now() - interval '1 day' where subscription_id = '" + id
                + "'");
        sweep.round().block(WAIT);

        await().atMost(WAIT).untilAsserted(() -> assertThat(
                        texts("select status from subscription_changes where subscription_id = '" + id + "'"))
                .containsExactly("refused"));
        assertThat(ok(act("change", "{'planId':'pro-monthly','when':'now'}"))
                        .path("planId")
                        .asString())
                .isEqualTo("pro-monthly");
        assertThat(invoices()).hasSize(2);
    }

    @Test
    void fewerSeatsAndAnotherIntervalAreQuotedToo() {
        subscribes("pro-monthly", 5);
        JsonNode seats = quoted("{'quantity':2}");
        assertThat(ok(changes(seats)).path("quantity").asInt()).isEqualTo(2);
        assertBilled(seats);

        JsonNode year = quoted("{'planId':'pro-yearly'}");
        assertThat(year.path("quantity").asInt()).isEqualTo(2);
        assertThat(ok(changes(year)).path("planId").asString()).isEqualTo("pro-yearly");
        assertBilled(year);
    }

    @Test
    void inTheMiddleOfAPeriodOnlyItsRestIsBilled() {
        subscribes("starter-monthly", 1);
        STRIPE.advance("P10D");
        STRIPE.post("/v1/subscriptions/" + stripeId, "metadata[seen]=yes");
        deliverAll();
        JsonNode item = shownAtStripe().at("/items/data/0");
        long start = item.path("current_period_start").asLong();
        long end = item.path("current_period_end").asLong();

        JsonNode quote = quoted("{'planId':'pro-monthly'}");

        long second = Instant.parse(quote.path("prorationDate").asString()).getEpochSecond();
        assertThat(second).isBetween(start + Duration.ofDays(10).toSeconds(), end);
        long back = Math.round(900d * (end - second) / (end - start));
        long owed = Math.round(2900d * (end - second) / (end - start));
        assertThat(quote.at("/total/amount").asLong()).isEqualTo(owed - back);
        ok(changes(quote));
        assertBilled(quote);
    }

    /** The newest invoice is the quoted one, to the cent and for the same second. */
    private void assertBilled(JsonNode quote) {
        JsonNode invoice = invoices().get(0);
        assertThat(invoice.path("billing_reason").asString()).isEqualTo("subscription_update");
        assertThat(invoice.path("total").asLong())
                .isEqualTo(quote.at("/total/amount").asLong());
        assertThat(invoice.path("amount_due").asLong())
                .isEqualTo(quote.at("/amountDueNow/amount").asLong());
        assertThat(invoice.path("status").asString()).isEqualTo("paid");
        List<Long> billed = invoice.at("/lines/data")
                .valueStream()
                .map(line -> line.path("amount").asLong())
                .sorted()
                .toList();
        List<Long> promised = quote.path("lines")
                .valueStream()
                .map(line -> line.at("/amount/amount").asLong())
                .sorted()
                .toList();
        assertThat(billed).isEqualTo(promised);
    }

    @Test
    void aChangeWhoseSubscriptionIsGoneAtStripeEndsAndSaysWhy() {
        subscribes("starter-monthly", 1);
        execute("insert into subscription_changes (id, request_id, subscription_id, plan_id, stripe_price_id,"
                + " stripe_item_id, quantity, status, tries, next_ask_at, created_at, updated_at) values"
                + " (gen_random_uuid(), gen_random_uuid(), '" + id
                + "', 'pro-monthly', 'price_x', 'si_x', 1, 'asked', 9,"
                + " now(), now() - interval '1 hour', now())");
        execute("update subscriptions set stripe_subscription_id = 'sub_gone' where id = '" + id + "'");

        sweep.round().block(WAIT);
        execute("update subscriptions set stripe_subscription_id = '" + stripeId + "' where id = '" + id + "'");

        assertThat(texts("select status || ' ' || why || ' ' || coalesce(next_ask_at::text, 'never') from"
                        + " subscription_changes where subscription_id = '" + id + "'"))
                .containsExactly("refused subscription_missing never");
    }

    @Test
    void aQuoteIsGoodOnce() {
        subscribes("starter-monthly", 1);
        JsonNode quote = quoted("{'planId':'pro-monthly'}");
        String key = UUID.randomUUID().toString();
        ok(changes(quote, key));

        ok(changes(quote, key));
        refused(changes(quote), 409, "quote-used");

        assertThat(invoices()).hasSize(2);
    }

    @Test
    void aQuoteFromBeforeAnotherChangeIsRefused() {
        subscribes("pro-monthly", 1);
        JsonNode older = quoted("{'quantity':3}");
        ok(changes(quoted("{'quantity':2}")));

        refused(changes(older), 409, "quote-outdated");

        assertThat(shownAtStripe().at("/items/data/0/quantity").asInt()).isEqualTo(2);
    }

    @Test
    void whatStripeWouldBillDifferentlyNowIsRefused() {
        subscribes("starter-monthly", 1);
        JsonNode quote = quoted("{'planId':'pro-monthly'}");
        STRIPE.post("/v1/customers/" + customer, "balance=-500");

        refused(changes(quote), 409, "quote-outdated");

        assertThat(invoices()).hasSize(1);
    }

    @Test
    void aQuoteOfSomebodyElseOrForSomethingElseIsNone() {
        subscribes("starter-monthly", 1);
        JsonNode quote = quoted("{'planId':'pro-monthly'}");
        String body = "{'quote':'" + quote.path("quote").asString() + "'}";
        refused(act("somebody-else", "change", body, "k1"), 404, "not-found");
        refused(act("somebody-else", "quote", "{'planId':'pro-monthly'}", "k1"), 404, "not-found");
        refused(act("change", body.replace("'q1.", "'q1.e")), 422, "quote-invalid");
        refused(act("change", "{'quote':'q1.a.b','when':'now'}"), 422, "validation-failed");
        assertThat(invoices()).hasSize(1);
    }

    @Test
    void onlyARealChangeIsQuoted() {
        subscribes("starter-monthly", 1);
        refused(act("quote", "{}"), 422, "nothing-to-change");
        refused(act("quote", "{'planId':'starter-monthly'}"), 422, "nothing-to-change");
        refused(act("quote", "{'planId':'no-such-plan'}"), 422, "validation-failed");
        refused(act("quote", "{'quantity':2}"), 422, "validation-failed");
        refused(act("quote", "{'planId':'pro-monthly','quantity':101}"), 422, "validation-failed");
        refused(act("quote", "{'planId':'pro-monthly','quantity':0}"), 422, "validation-failed");
    }

    @Test
    void inATrialNothingIsDueNow() {
        subscribes("pro-monthly", 1, "&trial_period_days=14");
        JsonNode quote = quoted("{'quantity':4}");
        assertThat(quote.at("/total/amount").asLong()).isZero();
        assertThat(quote.at("/amountDueNow/amount").asLong()).isZero();

        JsonNode changed = ok(changes(quote));

        assertThat(changed.path("status").asString()).isEqualTo("trialing");
        assertThat(changed.path("quantity").asInt()).isEqualTo(4);
    }

    @Test
    void aDeclinedCardLeavesTheOldPlanAndCanBePaidLater() {
        subscribes("starter-monthly", 1);
        pays(EMPTY_CARD);
        JsonNode quote = quoted("{'planId':'pro-monthly'}");

        JsonNode no = expect(changes(quote), 402);

        assertThat(no.path("code").asString()).isEqualTo("card-declined");
        assertThat(no.at("/failure/code").asString()).isEqualTo("card_declined");
        assertThat(no.at("/subscription/planId").asString()).isEqualTo("starter-monthly");
        assertThat(no.at("/subscription/pendingChange/planId").asString()).isEqualTo("pro-monthly");
        assertThat(no.at("/subscription/pendingChange/page").asString()).startsWith("http");
        assertThat(priceAtStripe()).isEqualTo(priceOf("starter-monthly"));
        deliverAll();
        assertThat(column("plan_id")).isEqualTo("starter-monthly");
        assertThat(column("pending_plan_id")).isEqualTo("pro-monthly");

        pays(GOOD_CARD);
        STRIPE.post("/v1/invoices/" + invoices().get(0).path("id").asString() + "/pay", "");
        deliverAll();

        assertThat(column("plan_id")).isEqualTo("pro-monthly");
        assertThat(column("pending_plan_id")).isNull();
    }

    @Test
    void aCardWhoseBankAsksSaysHowToAnswer() {
        subscribes("starter-monthly", 1);
        pays(CHECKED_CARD);

        JsonNode changed = ok(changes(quoted("{'planId':'pro-monthly'}")));

        assertThat(changed.path("planId").asString()).isEqualTo("starter-monthly");
        String secret = changed.at("/pendingChange/clientSecret").asString();
        assertThat(secret).contains("_secret_");
        String intent = secret.substring(0, secret.indexOf("_secret_"));
        STRIPE.control("/_simulator/payment_intents/" + intent + "/authenticate", "{\"success\":true}");
        deliverAll();
        assertThat(column("plan_id")).isEqualTo("pro-monthly");
    }

    @Test
    void anUnpaidChangeCanBeTakenBack() {
        subscribes("starter-monthly", 1);
        pays(EMPTY_CARD);
        expect(changes(quoted("{'planId':'pro-monthly'}")), 402);

        JsonNode revoked = ok(act("change/revoke", ""));

        assertThat(revoked.has("pendingChange")).isFalse();
        assertThat(revoked.path("planId").asString()).isEqualTo("starter-monthly");
        assertThat(invoices().get(0).path("status").asString()).isEqualTo("void");
        refused(act("change/revoke", ""), 409, "nothing-to-revoke");
    }

    /** Each is a charge of whatever card its user names. */
    @Test
    void changesWhoseCardIsDeclinedAreBounded() {
        subscribes("pro-monthly", 1);
        pays(EMPTY_CARD);
        for (int quantity = 2; quantity < 2 + 15; quantity++) {
            expect(act("change", "{'quantity':" + quantity + ",'when':'now'}"), 402);
        }
        int charges = invoices().size();

        refused(act("change", "{'quantity':20,'when':'now'}"), 429, "too-many-payment-tries");

        assertThat(invoices()).hasSize(charges);
        execute("update payment_tries set created_at = created_at - interval '25 hours' where subscription_id = '" + id
                + "'");
        pays(GOOD_CARD);
        ok(act("change", "{'quantity':20,'when':'now'}"));
    }

    @Test
    void anAnswerThatIsLostIsFoundInWhatStripeShows() {
        subscribes("starter-monthly", 1);
        JsonNode quote = quoted("{'planId':'pro-monthly'}");
        STRIPE.next("POST /v1/subscriptions/*", "close_after");

        JsonNode changed = ok(changes(quote));

        assertThat(changed.path("planId").asString()).isEqualTo("pro-monthly");
        assertThat(invoices()).hasSize(2);
    }

    @Test
    void aQuestionThatIsLostIsAskedAgainByItself() {
        subscribes("starter-monthly", 1);
        JsonNode quote = quoted("{'planId':'pro-monthly'}");
        STRIPE.next("POST /v1/subscriptions/*", "close_before");
        String key = UUID.randomUUID().toString();

        JsonNode asKnown = expect(changes(quote, key), 202);
        assertThat(asKnown.path("planId").asString()).isEqualTo("starter-monthly");
        refused(act("change", "{'planId':'pro-yearly','when':'now'}"), 409, "change-in-progress");
        execute("update subscription_changes set next_ask_at = now() - interval '1 day' where subscription_id = '" + id
                + "'");
        sweep.round().block(WAIT);

        await().atMost(WAIT).untilAsserted(() -> assertThat(column("plan_id")).isEqualTo("pro-monthly"));
        assertThat(invoices()).hasSize(2);
        assertThat(texts("select status from subscription_changes where subscription_id = '" + id + "'"))
                .containsExactly("done");
    }

    /** The price is the same: what waits for its payment is the other quantity. */
    @Test
    void anOlderPendingQuantityIsNotTakenForThisOne() {
        subscribes("pro-monthly", 1);
        pays(EMPTY_CARD);
        expect(act("change", "{'quantity':2,'when':'now'}"), 402);
        deliverAll();
        STRIPE.next("POST /v1/subscriptions/*", "close_before");

        expect(act("change", "{'quantity':3,'when':'now'}"), 202);

        assertThat(texts("select status from subscription_changes where subscription_id = '" + id
                        + "' order by created_at"))
                .containsExactly("done", "asked");
        execute("update subscription_changes set next_ask_at = now() - interval '1 day' where subscription_id = '" + id
                + "'");
        sweep.round().block(WAIT);
        await().atMost(WAIT)
                .untilAsserted(() -> assertThat(column("pending_quantity")).isEqualTo("3"));
    }

    @Test
    void aQuestionThatNeverReachesStripeLeavesTheQuoteGood() {
        subscribes("starter-monthly", 1);
        JsonNode quote = quoted("{'planId':'pro-monthly'}");
        for (int tries = 0; tries < 4; tries++) {
            STRIPE.next("POST /v1/subscriptions/*", "rate_limit");
        }

        expect(changes(quote), 503);

        assertThat(ok(changes(quote)).path("planId").asString()).isEqualTo("pro-monthly");
        assertThat(invoices()).hasSize(2);
    }

    @Test
    void aQuoteEndsAfterTenMinutes() {
        subscribes("starter-monthly", 1);
        Instant before = Instant.now().truncatedTo(ChronoUnit.SECONDS);
        JsonNode quote = quoted("{'planId':'pro-monthly'}");
        Instant end = Instant.parse(quote.path("expiresAt").asString());
        assertThat(end).isBetween(before.plusSeconds(600), Instant.now().plusSeconds(600));
    }
}
