package io.tillstream.subscription.billing;

import static org.assertj.core.api.Assertions.assertThat;

import io.tillstream.subscription.simulated.Subscriber;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/**
 * A decline that its buyer must not learn the reason of, on every road from a subscription to them.
 *
 * @see <a href="https://docs.stripe.com/declines/codes">Stripe: decline codes, and which not to report to the customer</a>
 */
class KeptDeclinesIT extends Subscriber {

    private static final String REASON = "fraudulent";

    /** Can be saved; each payment with it is declined as {@code fraudulent}. */
    private static final String BLOCKED_CARD = "pm_card_radarBlock";

    private void isGeneric(JsonNode no) {
        assertThat(no.path("code").asString()).isEqualTo("card-declined");
        assertThat(no.at("/failure/code").asString()).isEqualTo("card_declined");
        assertThat(no.at("/failure/declineCode").asString()).isEqualTo("generic_decline");
        assertThat(no.at("/failure/message").asString()).isEqualTo("Your card was declined.");
        assertThat(no.toString()).doesNotContain(REASON);
    }

    private void nothingElseTellsIt() {
        deliverAll();
        for (String path : new String[] {"", "/" + id, "/" + id + "/timeline", "/" + id + "/settlement"}) {
            assertThat(get("/api/subscriptions" + path).toString()).doesNotContain(REASON);
        }
        assertThat(get("/api/invoices").toString()).doesNotContain(REASON);
        assertThat(texts("select payload from outbox where aggregate_id = '" + user + "'"))
                .noneMatch(event -> event.contains(REASON));
    }

    @Test
    void aStartTellsNothing() {
        String start = "{'planId':'starter-monthly','paymentMethodId':'" + savedCard(BLOCKED_CARD) + "'}";
        String key = UUID.randomUUID().toString();
        JsonNode no = expect(ask(key, "/api/subscriptions", start), 402);
        isGeneric(no);
        isGeneric(expect(ask(key, "/api/subscriptions", start), 402));
        id = no.path("subscriptionId").asString();
        nothingElseTellsIt();
    }

    @Test
    void aChangeTellsNothing() {
        subscribes("starter-monthly", 1);
        pays(BLOCKED_CARD);
        isGeneric(expect(changes(quoted("{'planId':'pro-monthly'}")), 402));
        nothingElseTellsIt();
    }

    @Test
    void anInvoiceTellsNothing() {
        subscribes("starter-monthly", 1);
        pays(EMPTY_CARD);
        expect(changes(quoted("{'planId':'pro-monthly'}")), 402);
        deliverAll();
        String owed = invoices().get(0).path("id").asString();
        isGeneric(expect(
                ask("/api/invoices/" + owed + "/pay", "{'paymentMethodId':'" + savedCard(BLOCKED_CARD) + "'}"), 402));
        nothingElseTellsIt();
    }
}
