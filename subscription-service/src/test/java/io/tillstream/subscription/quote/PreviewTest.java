package io.tillstream.subscription.quote;

import static org.assertj.core.api.Assertions.assertThat;

import io.tillstream.stripeevents.StripeJson;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class PreviewTest {

    private static final Instant PERIOD_END = Instant.ofEpochSecond(2_000);

    @Test
    void aChangeShowsWhatIsGivenBackAndWhatIsTaken() {
        Preview preview = Preview.of(json("""
                {"currency":"usd","total":500,"amount_due":450,"lines":{"data":[
                  {"description":"Unused time on Starter","amount":-500,"period":{"start":1500,"end":2000},
                   "parent":{"subscription_item_details":{"proration":true}}},
                  {"description":"Remaining time on Pro","amount":1000,"period":{"start":1500,"end":2000},
                   "parent":{"invoice_item_details":{"proration":true}}}]}}
                """), PERIOD_END);
        assertThat(preview.total()).isEqualTo(500);
        assertThat(preview.amountDue()).isEqualTo(450);
        assertThat(preview.lines()).extracting(Preview.Line::amount).containsExactly(-500L, 1_000L);
        assertThat(preview.lines()).allMatch(Preview.Line::proration);
    }

    @Test
    void theShapeBefore2025IsReadToo() {
        Preview preview = Preview.of(json("""
                {"currency":"usd","total":7,"amount_due":7,"lines":{"data":[
                  {"description":"x","amount":7,"proration":true,"period":{"start":2000,"end":2000}}]}}
                """), PERIOD_END);
        assertThat(preview.amountDue()).isEqualTo(7);
    }

    @Test
    void inATrialTheNextRenewalIsNotTakenForWhatIsDueNow() {
        Preview preview = Preview.of(json("""
                {"currency":"usd","total":2900,"amount_due":2900,"lines":{"data":[
                  {"description":"Pro","amount":2900,"period":{"start":2000,"end":3000},
                   "parent":{"subscription_item_details":{"proration":false}}}]}}
                """), PERIOD_END);
        assertThat(preview.total()).isZero();
        assertThat(preview.amountDue()).isZero();
        assertThat(preview.lines()).isEmpty();
    }

    @Test
    void anotherIntervalBeginsNowAndIsDueNow() {
        Preview preview = Preview.of(json("""
                {"currency":"usd","total":29000,"amount_due":29000,"lines":{"data":[
                  {"description":"Pro, yearly","amount":29000,"period":{"start":1500,"end":9000},
                   "parent":{"subscription_item_details":{"proration":false}}}]}}
                """), PERIOD_END);
        assertThat(preview.amountDue()).isEqualTo(29_000);
    }

    private static JsonNode json(String text) {
        return StripeJson.read(text.getBytes(StandardCharsets.UTF_8));
    }
}
