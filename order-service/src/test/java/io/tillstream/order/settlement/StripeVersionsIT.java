package io.tillstream.order.settlement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tillstream.order.RunningService;
import io.tillstream.testing.VersionedStripeFixtures;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;

/**
 * An order becomes the same whatever version of Stripe's API its events come in, and by reading Stripe's objects where
 * nobody has looked at the version.
 *
 * @see <a href="https://docs.stripe.com/webhooks/versioning">Stripe: versions of events</a>
 */
class StripeVersionsIT extends RunningService {

    static final List<String> VERSIONS = VersionedStripeFixtures.ALL;
    private static final Duration WAIT = Duration.ofSeconds(60);
    private static final String NEWEST = VERSIONS.get(VERSIONS.size() - 1);

    /** What of it is the same in each life. */
    private static List<String> facts(String order, String ours) {
        return query("select kind || ' ' || replace(fact::text, '" + ours + "', '') from order_facts where order_id = '"
                + order + "' order by kind, object_id");
    }

    /** The object is this order's, with ids of its own. */
    private static String of(String order, String ours, String object) {
        return object.replace("1d3b6c1e-6d0d-4c35-9a55-0b4b7b1f7a01", order)
                .replace("_golden", "_golden" + ours)
                .replace("\"eur\"", "\"usd\"")
                .replace("1999", "2000");
    }

    private void tell(String type, String version, String object) {
        stripeSends(VersionedStripeFixtures.event(type, 1_790_000_700L, version, object)
                .getBytes(StandardCharsets.UTF_8));
    }

    private void becomes(String order, String status) {
        await().atMost(WAIT)
                .untilAsserted(() -> assertThat(query("select status from orders where id = '" + order + "'"))
                        .containsExactly(status));
    }

    private List<String> lives(String version) {
        String order = placed("alice");
        String ours = UUID.randomUUID().toString().substring(0, 8);
        tell(
                "payment_intent.succeeded",
                version,
                of(order, ours, VersionedStripeFixtures.object("payment_intent", version)));
        becomes(order, "PAID");
        tell(
                "checkout.session.completed",
                version,
                of(order, ours, VersionedStripeFixtures.object("checkout.session", version)));
        tell("refund.created", version, of(order, ours, VersionedStripeFixtures.object("refund", version)));
        becomes(order, "PARTIALLY_REFUNDED");
        tell("charge.refunded", version, of(order, ours, VersionedStripeFixtures.object("charge", version)));
        tell("charge.dispute.created", version, of(order, ours, VersionedStripeFixtures.object("dispute", version)));
        becomes(order, "DISPUTED");
        await().atMost(WAIT).until(() -> facts(order, ours).size() == 4);
        return facts(order, ours);
    }

    @ParameterizedTest
    @FieldSource("VERSIONS")
    void anOrderBecomesTheSameInEachVersion(String version) {
        assertThat(lives(version)).hasSize(4).isEqualTo(lives(NEWEST));
    }

    @ParameterizedTest
    @CsvSource({
        "payment_intent.succeeded, payment_intent, PAID",
        "checkout.session.completed, checkout.session, PAID",
        "refund.created, refund, PARTIALLY_REFUNDED",
        "charge.dispute.created, dispute, DISPUTED"
    })
    void whatAVersionOfTomorrowTellsIsReadFromStripe(String type, String kind, String status) {
        String order = placed("alice");
        String ours = UUID.randomUUID().toString().substring(0, 8);
        String id = kind.equals("checkout.session")
                ? "cs_test_golden" + ours
                : java.util.Map.of("payment_intent", "pi_golden", "refund", "re_golden", "dispute", "dp_golden")
                                .get(kind)
                        + ours;
        if (!status.equals("PAID")) {
            tell(
                    "payment_intent.succeeded",
                    NEWEST,
                    of(order, ours, VersionedStripeFixtures.object("payment_intent", NEWEST)));
            becomes(order, "PAID");
        }
        PAYMENTS.atStripe(id, of(order, ours, VersionedStripeFixtures.object(kind, NEWEST)));

        stripeSends(VersionedStripeFixtures.eventOf(
                        type,
                        1_790_000_700L,
                        "\"2099-01-31.zinnia\"",
                        "{\"object\": \"" + kind + "\", \"id\": \"" + id + "\", \"all\": {\"is\": \"elsewhere\"}}")
                .getBytes(StandardCharsets.UTF_8));

        becomes(order, status);
    }
}
