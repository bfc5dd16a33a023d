package io.tillstream.subscription.change;

import static org.assertj.core.api.Assertions.assertThat;

import io.tillstream.subscription.simulated.Subscriber;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.springframework.test.web.reactive.server.WebTestClient;
import tools.jackson.databind.JsonNode;

/** Stripe credits what is left of a period though its money went back: its buyer would have that twice. */
class RefundedPeriodIT extends Subscriber {

    private static final String FEWER = "{'quantity':1,'when':'now'}";

    private String bill = "";

    private void subscribesForAYear() {
        subscribes("pro-yearly", 10);
        bill = invoices().get(0).path("id").asString();
    }

    private long credit() {
        return -STRIPE.get("/v1/customers/" + customer).path("balance").asLong();
    }

    private WebTestClient.ResponseSpec refunds(String body) {
        return post(
                "operator",
                "/api/admin/invoices/" + bill + "/refunds",
                body,
                UUID.randomUUID().toString());
    }

    private void isReserved() {
        execute(
                "insert into invoice_refunds (id, stripe_invoice_id, purpose, amount, currency, status, created_at, updated_at)"
                        + " values (gen_random_uuid(), '" + bill
                        + "', 'requested', 100, 'usd', 'asked', now(), now())");
    }

    private void givesNoCredit() {
        refused(act("quote", "{'quantity':1}"), 409, "period-not-paid");
        refused(act("change", FEWER), 409, "period-not-paid");
        assertThat(credit()).isZero();
    }

    @Test
    void whatWasGivenBackInPartIsNotCreditedToo() {
        subscribesForAYear();
        JsonNode quote = quoted("{'quantity':1}");
        expect(refunds("{'amount':5000}"), 201);

        givesNoCredit();
        refused(changes(quote), 409, "period-not-paid");
        assertThat(credit()).isZero();
    }

    @Test
    void aRefundThatItsBankSentBackStandsInNoChangesWay() {
        subscribesForAYear();
        expect(refunds("{'amount':5000}"), 201);
        deliverAll();
        String intent = STRIPE.get("/v1/invoice_payments?invoice=" + bill)
                .at("/data/0/payment/payment_intent")
                .asString();
        String refund = STRIPE.get("/v1/refunds?payment_intent=" + intent)
                .at("/data/0/id")
                .asString();
        STRIPE.control("/_simulator/refunds/" + refund + "/fail", "{}");
        deliverAll();

        ok(act("change", FEWER));

        assertThat(credit()).isPositive();
    }

    @Test
    void whatIsAboutToGoBackIsNotCreditedToo() {
        subscribesForAYear();
        isReserved();

        givesNoCredit();
    }

    /** An operator and the user at once: both would have seen the money there. */
    @Test
    void aRefundThatIsReservedWhileAChangeIsCheckedIsNotCreditedToo() {
        subscribesForAYear();
        JsonNode quote = quoted("{'quantity':1}");
        ON_THE_WAY.next("POST", "/create_preview", form -> {
            isReserved();
            return form;
        });

        refused(changes(quote), 409, "period-not-paid");

        assertThat(credit()).isZero();
    }

    /** The other way round: what it credits is not known yet. */
    @Test
    void nothingIsGivenBackOfWhatAChangeMayBeCrediting() {
        subscribesForAYear();
        execute(
                "insert into subscription_changes (id, request_id, subscription_id, plan_id, stripe_price_id, stripe_item_id,"
                        + " quantity, status, created_at, updated_at) values (gen_random_uuid(), gen_random_uuid(), '"
                        + id
                        + "', 'pro-yearly', 'price_1', 'si_1', 1, 'asked', now(), now())");

        refused(refunds("{'amount':5000}"), 409, "change-in-progress");

        execute("update subscription_changes set status = 'refused' where subscription_id = '" + id + "'");
        expect(refunds("{'amount':5000}"), 201);
    }
}
