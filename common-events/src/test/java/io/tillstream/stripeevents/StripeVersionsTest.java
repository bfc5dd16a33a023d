package io.tillstream.stripeevents;

import static org.assertj.core.api.Assertions.assertThat;

import io.tillstream.testing.VersionedStripeFixtures;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the services read in common, from the same objects in each version of Stripe's API. */
class StripeVersionsTest {

    static final List<String> VERSIONS = VersionedStripeFixtures.ALL;
    static final List<String> UNKNOWN = VersionedStripeFixtures.UNKNOWN;

    private static StripeEvent event(String type, String version, String object) {
        return StripeEvent.read(VersionedStripeFixtures.event(type, 1_790_000_700L, version, object)
                .getBytes(StandardCharsets.UTF_8));
    }

    private static void saysTheSame(String type, String kind, String version, Function<StripeEvent, Object> read) {
        Object newest = read.apply(event(type, VERSIONS.get(VERSIONS.size() - 1), newest(kind)));
        assertThat(read.apply(event(type, version, VersionedStripeFixtures.object(kind, version))))
                .as(kind + " in " + version)
                .isEqualTo(newest);
    }

    private static String newest(String kind) {
        return VersionedStripeFixtures.object(kind, VERSIONS.get(VERSIONS.size() - 1));
    }

    @ParameterizedTest
    @FieldSource("VERSIONS")
    void eachVersionIsReadToTheSameState(String version) {
        saysTheSame(
                "payment_intent.succeeded",
                "payment_intent",
                version,
                event -> PaymentIntentState.read(event.object(), event.created()));
        saysTheSame(
                "payment_intent.payment_failed",
                "payment_intent.failed",
                version,
                event -> List.of(
                        PaymentIntentState.read(event.object(), event.created()).status(),
                        String.valueOf(
                                PaymentIntentState.read(event.object(), 0).declineCode())));
        saysTheSame(
                "checkout.session.completed",
                "checkout.session",
                version,
                event -> CheckoutSessionState.read(event.object(), event.type()));
        saysTheSame("refund.created", "refund", version, event -> RefundState.read(event.object()));
        saysTheSame(
                "charge.dispute.created", "dispute", version, event -> DisputeState.read(event.object(), event.type()));
        assertThat(ApiVersions.isKnown(version)).isTrue();
    }

    @Test
    void whatIsReadIsNotNothing() {
        var intent =
                PaymentIntentState.read(StripeJson.read(newest("payment_intent").getBytes(StandardCharsets.UTF_8)), 7);
        assertThat(intent)
                .isEqualTo(new PaymentIntentState(
                        "pi_golden", "succeeded", 1999, 1999, "eur", 7, "cus_golden", "ch_golden", null, null, null));
    }

    @ParameterizedTest
    @FieldSource("UNKNOWN")
    void whateverElseStandsInPlaceOfAVersionIsNotTrusted(String version) {
        var event = StripeEvent.read(VersionedStripeFixtures.eventOf("refund.created", 1, version, newest("refund"))
                .getBytes(StandardCharsets.UTF_8));
        assertThat(ApiVersions.isKnown(event.apiVersion())).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"2025-04-30.basil", "2025-09-30.clover", "2026-03-25.dahlia"})
    void versionsBetweenThoseAreKnown(String version) {
        assertThat(ApiVersions.isKnown(version)).isTrue();
    }

    /** Even the name of the object may have moved: the event's type says what it is about. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "charge.dispute.funds_withdrawn dispute",
                "charge.refund.updated refund",
                "customer.subscription.updated subscription",
                "checkout.session.completed checkout.session",
                "radar.early_fraud_warning.created radar.early_fraud_warning",
                "payment_intent.succeeded payment_intent"
            })
    void anEventSaysWhatItIsAbout(String line) {
        String[] words = line.split(" ");
        assertThat(event(words[0], "2099-01-31.zinnia", "{\"id\":\"x_1\"}").objectType())
                .isEqualTo(words[1]);
        assertThat(event(words[0], "2099-01-31.zinnia", "{\"id\":\"x_1\",\"object\":\"thing\"}")
                        .objectType())
                .isEqualTo("thing");
    }
}
