package io.tillstream.subscription.start;

import static org.assertj.core.api.Assertions.assertThat;

import io.tillstream.subscription.simulated.SimulatedStripe;
import io.tillstream.subscription.subscription.Subscriptions;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;

/** What may have taken money is asked about before what is merely old. */
class StartQueueIT extends SimulatedStripe {

    private static final int OLD = 45; // more than two batches

    @Autowired
    private Subscriptions subscriptions;

    @Autowired
    private StartSweep sweep;

    @BeforeEach
    void nobodyElsesAreDue() {
        execute("update subscriptions set next_ask_at = now() + interval '1 hour' where next_ask_at is not null");
    }

    @AfterEach
    void nobodyElseFindsThem() {
        execute(
                "delete from subscription_timeline where subscription_id in (select id from subscriptions where user_id like '"
                        + user + "-%')");
        execute(
                "delete from subscription_history where subscription_id in (select id from subscriptions where user_id like '"
                        + user + "-%')");
        execute("delete from subscriptions where user_id like '" + user + "-%'");
    }

    private void starts(int count, int asks, String page, String since) {
        execute("""
                insert into subscriptions (id, user_id, stripe_customer_id, plan_id, currency, status, version, request,
                    asks, checkout_session_id, next_ask_at, created_at, updated_at)
                select gen_random_uuid(), '%s-%s-' || n, '%s', 'starter-monthly', 'usd', 'starting', 1,
                    cast('{"customerId":"cus_gone","planId":"starter-monthly","priceId":"price_gone","quantity":1,"currency":"usd","trialDays":0}' as jsonb),
                    %d, %s, now() - interval '%s', now() - interval '2 days', now()
                from generate_series(1, %d) n""".formatted(user, UUID.randomUUID(), customer(), asks, page, since, count));
    }

    private List<String> of(List<UUID> ids) {
        return ids.stream()
                .map(start ->
                        texts("select case when checkout_session_id is not null then 'page' when asks > 6 then 'often'"
                                + " else 'unknown' end from subscriptions where id = '" + start + "' and user_id like '"
                                + user + "-%'"))
                .flatMap(List::stream)
                .toList();
    }

    @Test
    void unknownStartsAreAskedAboutBeforePagesAndThoseThatFailedOften() {
        starts(OLD, 1, "'cs_test_gone_' || gen_random_uuid()", "3 hours");
        starts(OLD, 20, "null", "2 hours");
        starts(1, 1, "null", "1 minute");

        List<String> claimed = of(subscriptions
                .claimDue(20, 10, StartParameters.PROOF)
                .collectList()
                .block(WAIT));

        assertThat(claimed).hasSize(30).startsWith("unknown", "often");
        assertThat(claimed.subList(20, 30)).containsOnly("page");
    }

    @ParameterizedTest
    @CsvSource({"0, 60", "1, 120", "2, 240", "3, 300", "5, 300", "6, 3600", "7, 86400"})
    void theRestsBeginWithTheFirstAndDouble(int asks, long seconds) {
        starts(1, asks, "null", "1 minute");

        var unused = subscriptions
                .claimDue(20, 10, StartParameters.PROOF)
                .collectList()
                .block(WAIT);

        assertThat(texts("select extract(epoch from next_ask_at - now()) between " + (seconds - 40) + " and " + seconds
                        + " from subscriptions where user_id like '" + user + "-%'"))
                .containsExactly("t");
    }

    /** Asked about too early for a proof, it is left for a day in which its user cannot begin the plan. */
    @ParameterizedTest
    @ValueSource(strings = {"22 hours", "23 hours 2 minutes"})
    void aStartIsLookedAtOnceItCanBeProved(String age) {
        starts(1, 7, "null", "1 minute");
        execute("update subscriptions set created_at = now() - interval '" + age + "' where user_id like '" + user
                + "-%'");

        var unused = subscriptions
                .claimDue(20, 10, StartParameters.PROOF)
                .collectList()
                .block(WAIT);

        assertThat(texts(
                        "select next_ask_at - created_at between interval '23 hours 5 minutes' and interval '23 hours 10"
                                + " minutes' from subscriptions where user_id like '" + user + "-%'"))
                .containsExactly("t");
    }

    private static final String NO_CUSTOMER =
            "{\"error\":{\"type\":\"invalid_request_error\",\"code\":\"resource_missing\",\"param\":\"customer\",\"message\":\"No such customer.\"}}";

    /** Else the card has paid, nobody knows of it, and the next start is paid too. */
    @Test
    void whatACardPaidIsKnownThoughItsCustomerIsGone() {
        String card = savedCard("pm_card_visa");
        STRIPE.next("POST /v1/subscriptions", "close_after");
        ask("/api/subscriptions", "{'planId':'starter-monthly','trial':false,'paymentMethodId':'" + card + "'}")
                .expectStatus()
                .isEqualTo(202);
        isOfAge("2 days");
        onlyOurStartsAreDue();
        ON_THE_WAY.refuses("GET", "/v1/subscriptions", NO_CUSTOMER);

        sweep.round().block(WAIT);

        assertThat(texts("select status from subscriptions where user_id = '" + user + "'"))
                .containsExactly("active");
        assertThat(texts("select i.status from invoices i join subscriptions s on s.id = i.subscription_id"
                        + " where s.user_id = '" + user + "'"))
                .containsExactly("paid");
    }

    @Test
    void aRoundDoesNotRestWhileSomethingIsDue() {
        starts(OLD, 1, "'cs_test_gone_' || gen_random_uuid()", "3 hours");

        sweep.round().block(WAIT);

        assertThat(texts("select distinct status || ' ' || failure_code from subscriptions where user_id like '" + user
                        + "-%'"))
                .containsExactly("failed not-taken");
    }

    /** Else its page is asked about long before it is over, and then hours after it. */
    @Test
    void anOpenPageKeepsItsMomentWhenStripeIsBack() {
        starts(1, 3, "'cs_test_open_' || gen_random_uuid()", "-20 hours");
        starts(1, 3, "null", "-20 hours");

        var unused =
                subscriptions.makeDue().repeat().takeUntil(more -> more == 0).blockLast(WAIT);

        assertThat(texts("select checkout_session_id is null from subscriptions where user_id like '" + user
                        + "-%' and next_ask_at <= now()"))
                .containsExactly("t");
    }

    /** Of one that is on its way to Stripe, nothing is listed yet: its user would be told that it failed, and begin another one. */
    @Test
    void aStartThatIsBeingAskedForIsNotGivenUpMeanwhile() {
        String card = savedCard("pm_card_visa");
        STRIPE.next("POST /v1/subscriptions", "close_before");
        ask("/api/subscriptions", "{'planId':'starter-monthly','trial':false,'paymentMethodId':'" + card + "'}")
                .expectStatus()
                .isEqualTo(202);
        isOfAge("22 hours 59 minutes");
        ON_THE_WAY.next(
                "POST",
                "/v1/subscriptions",
                customer(),
                form -> {
                    isOfAge("23 hours 1 minute");
                    sweep.round().block(WAIT);
                    return form;
                },
                () -> {});

        sweep.round().block(WAIT);

        assertThat(texts("select status from subscriptions where user_id = '" + user + "'"))
                .containsExactly("active");
        assertThat(texts("select to_status from subscription_history h join subscriptions s on s.id = h.subscription_id"
                        + " where s.user_id = '" + user + "'"))
                .as("else its user begins another one meanwhile")
                .doesNotContain("failed");
    }

    private void isOfAge(String age) {
        execute("update subscriptions set created_at = now() - interval '" + age
                + "', next_ask_at = now() - interval '1 day' where user_id = '" + user + "'");
    }
}
