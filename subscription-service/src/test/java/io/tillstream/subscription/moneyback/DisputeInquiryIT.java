package io.tillstream.subscription.moneyback;

import static org.assertj.core.api.Assertions.assertThat;

import io.tillstream.stripeevents.StripeEvent;
import io.tillstream.subscription.simulated.Subscriber;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.node.ObjectNode;

/** A bank asks before it takes money, or not: who hears of a dispute shuts out somebody who has paid. */
class DisputeInquiryIT extends Subscriber {

    private final String dispute = "dp_" + UUID.randomUUID();

    private StripeEvent told(String type, String status) {
        String invoice = invoices().get(0).path("id").asString();
        ObjectNode object = JSON.createObjectNode()
                .put("id", dispute)
                .put("object", "dispute")
                .put("status", status)
                .put("amount", 900)
                .put("currency", "usd")
                .put("reason", "fraudulent")
                .put(
                        "payment_intent",
                        STRIPE.get("/v1/invoice_payments?invoice=" + invoice)
                                .at("/data/0/payment/payment_intent")
                                .asString());
        ObjectNode event = JSON.createObjectNode()
                .put("id", "evt_" + UUID.randomUUID())
                .put("type", "charge.dispute." + type)
                .put("created", Instant.now().getEpochSecond());
        event.putObject("data").set("object", object);
        return StripeEvent.read(event);
    }

    private List<String> disputesTold() {
        return told().stream()
                .filter(type -> type.startsWith("invoice.dispute"))
                .toList();
    }

    @ParameterizedTest
    @CsvSource({"prevented, false", "won, false", "lost, true"})
    void anInquiryThatEndsIsToldAsADisputeOnlyWhereItTookTheMoney(String end, boolean took) {
        subscribes("starter-monthly", 1);
        deliver(told("created", "warning_needs_response"));
        assertThat(disputesTold()).isEmpty();

        deliver(told("closed", end));

        assertThat(disputesTold().contains("invoice.disputed")).isEqualTo(took);
        deliver(told("updated", end));
        assertThat(disputesTold().stream().filter("invoice.disputed"::equals)).hasSize(took ? 1 : 0);
    }

    @Test
    void oneThatWasPreventedBeforeAnybodyHeardOfItIsNoDispute() {
        subscribes("starter-monthly", 1);

        deliver(told("created", "prevented"));

        assertThat(disputesTold()).isEmpty();
    }

    @Test
    void theEndOfADisputeThatNobodyWasToldOfIsNotTold() {
        subscribes("starter-monthly", 1);
        deliver(told("created", "warning_needs_response"));

        deliver(told("closed", "won"));

        assertThat(disputesTold()).isEmpty();
    }

    @Test
    void oneThatTookTheMoneyAfterItWasPreventedIsToldWithItsEnd() {
        subscribes("starter-monthly", 1);
        deliver(told("created", "prevented"));

        deliver(told("closed", "lost"));

        assertThat(disputesTold()).containsExactly("invoice.disputed", "invoice.dispute_closed");
    }

    /** What was told of it between the two is late, or never comes. */
    @Test
    void anInquiryThatTookTheMoneyAndWasWonIsToldWithItsEnd() {
        subscribes("starter-monthly", 1);
        deliver(told("created", "warning_needs_response"));

        deliver(told("funds_withdrawn", "won"));

        assertThat(disputesTold()).containsExactly("invoice.disputed", "invoice.dispute_closed");
    }

    /** Events come in any order: books that have not heard of it have the money of a payment that it took. */
    @Test
    void anInquiryOfWhichIsHeardAfterItsEndThatItTookTheMoneyIsToldWithItsEnd() {
        subscribes("starter-monthly", 1);
        deliver(told("created", "warning_needs_response"));
        deliver(told("closed", "won"));
        assertThat(disputesTold()).isEmpty();

        deliver(told("funds_withdrawn", "won"));

        assertThat(disputesTold()).containsExactly("invoice.disputed", "invoice.dispute_closed");
        deliver(told("funds_reinstated", "won"));
        deliver(told("funds_withdrawn", "won"));
        assertThat(disputesTold()).hasSize(2);
    }

    @Test
    void aDisputeOfWhichWasToldIsNotToldAgainWhereItsMoneyIsHeardOfAfterItsEnd() {
        subscribes("starter-monthly", 1);
        deliver(told("created", "needs_response"));
        deliver(told("closed", "won"));

        deliver(told("funds_withdrawn", "needs_response"));

        assertThat(disputesTold()).containsExactly("invoice.disputed", "invoice.dispute_closed");
    }

    @Test
    void anInquiryThatBecomesADisputeIsTold() {
        subscribes("starter-monthly", 1);
        deliver(told("created", "warning_needs_response"));

        deliver(told("updated", "needs_response"));
        deliver(told("updated", "under_review"));

        assertThat(disputesTold()).containsExactly("invoice.disputed");
    }
}
