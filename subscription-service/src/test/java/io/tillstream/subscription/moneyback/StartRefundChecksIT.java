package io.tillstream.subscription.moneyback;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tillstream.subscription.simulated.SimulatedStripe;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;

/** What was given back of a start and has not arrived: its bank may send it back, and nobody would know that its buyer waits. */
class StartRefundChecksIT extends SimulatedStripe {

    private static final int TRIES_OF_A_CALL = 4; // of one that Stripe refuses as there are too many

    @Autowired
    private RefundSweep sweep;

    @AfterEach
    void nobodyElseFindsIt() {
        execute("update start_refunds set next_look_at = null where " + ofUser());
    }

    private String ofUser() {
        return "subscription_id in (select id from subscriptions where user_id = '" + user + "')";
    }

    private List<String> row(String sql) {
        return texts("select " + sql + " from start_refunds where given_back_at is not null and " + ofUser());
    }

    /** Stripe makes it otherwise; gives the refund's id. */
    private String isGivenBackSince(int days) {
        String card = savedCard("pm_card_visa");
        ON_THE_WAY.next("POST", "/v1/subscriptions", form -> form.replace("[quantity]=1", "[quantity]=3"));
        var unused = ask(
                "/api/subscriptions", "{'planId':'starter-monthly','currency':'eur','paymentMethodId':'" + card + "'}");
        await().atMost(WAIT) // the answer may have come before
                .untilAsserted(() -> assertThat(row("1")).hasSize(1));
        execute("update start_refunds set given_back_at = now() - interval '" + days + " days' where " + ofUser());
        return row("refunds[1]").get(0);
    }

    private void isDue() {
        execute("update start_refunds set next_look_at = now() - interval '1 day' where " + ofUser());
        sweep.round().block(WAIT);
    }

    /** Else each hour that Stripe is away may cost a month in which nobody notices that it came back. */
    @ParameterizedTest
    @ValueSource(ints = {5, 61, 400})
    void whileStripeIsAwayItIsLookedAtSoonAgainAndNotAfterItsLongRest(int days) {
        String refund = isGivenBackSince(days);
        for (int tries = 0; tries < TRIES_OF_A_CALL; tries++) {
            ON_THE_WAY.refuses("GET", "/v1/refunds/" + refund, 429, "{\"error\":{\"type\":\"rate_limit_error\"}}");
        }

        isDue();

        assertThat(row("case when next_look_at <= now() + interval '10 minutes' then 'soon' else 'late' end"))
                .containsExactly("soon");
        var unused = sweep.makeDue().repeat().takeUntil(more -> more == 0).blockLast(WAIT);
        sweep.round().block(WAIT);
        assertThat(row("(next_look_at is null)::text")).as("it has arrived").containsExactly("true");
    }

    @ParameterizedTest
    @CsvSource({"5, 1", "61, 7", "400, 30"})
    void itIsLookedAtForAsLongAsItCanChange(int days, int rest) {
        String refund = isGivenBackSince(days);
        ON_THE_WAY.alters(
                "GET",
                "/v1/refunds/" + refund,
                answer -> answer.replaceAll("\"status\"\\s*:\\s*\"succeeded\"", "\"status\":\"pending\""));

        isDue();

        assertThat(row("round(extract(epoch from next_look_at - now()) / 86400)::text"))
                .containsExactly(String.valueOf(rest));
        isDue();
        assertThat(row("(next_look_at is null)::text")).as("it has arrived").containsExactly("true");
    }
}
