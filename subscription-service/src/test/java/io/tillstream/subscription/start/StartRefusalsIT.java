package io.tillstream.subscription.start;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.tillstream.subscription.simulated.Subscriber;
import io.tillstream.testing.AlteringProxy;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import tools.jackson.databind.JsonNode;

/**
 * Who may begin, and does not, hears what they can mend; what they cannot, whoever looks after the shop hears of.
 *
 * @see <a href="https://docs.stripe.com/error-codes">Stripe: error codes</a>
 */
@ExtendWith(OutputCaptureExtension.class)
class StartRefusalsIT extends Subscriber {

    @Autowired
    private MeterRegistry meters;

    private double faults() {
        return meters.find("tillstream.stripe.faults").tag("fault", "request").counters().stream()
                .mapToDouble(Counter::count)
                .sum();
    }

    private static void stripeRefuses(String pathEnd, String code, String param) {
        ON_THE_WAY.refuses(
                "POST",
                pathEnd,
                ("{'error':{'type':'invalid_request_error','code':'" + code + "','param':'" + param
                                + "','message':'No.'}}")
                        .replace('\'', '"'));
    }

    private static List<String> fields(JsonNode no) {
        return no.path("errors")
                .valueStream()
                .map(error -> error.path("field").asString())
                .toList();
    }

    private static String page(String plan, String more) {
        return "{'mode':'subscription','planId':'" + plan + "'," + more
                + "'successUrl':'http://localhost:8080/ok','cancelUrl':'http://localhost:8080/plans'}";
    }

    /** Stripe bills a customer in one currency at a time: docs.stripe.com/billing/customer#currency. */
    @Test
    void whoIsBilledInDollarsIsToldThatEurosAreNoWayToPayBesideThem() {
        subscribes("starter-monthly", 1);

        JsonNode no = expect(ask("/api/subscriptions", "{'planId':'pro-monthly','currency':'eur'}"), 422);

        assertThat(no.path("code").asString()).isEqualTo("validation-failed");
        assertThat(fields(no)).containsExactly("currency");
        assertThat(atStripe()).as("begun").hasSize(1);
        expect(ask("/api/subscriptions", "{'planId':'pro-monthly','currency':'usd'}"), 201);
    }

    /** No coin for it, at a price that was taken over: the plan's owner mends that, and no other card does. */
    @ParameterizedTest
    @CsvSource({"amount_too_small, items[0][price]", "amount_too_large, items[0][price]"})
    void anAmountThatStripeDoesNotTakeIsNoDeclinedCard(String code, String param) {
        double before = faults();
        customer();
        stripeRefuses("/v1/subscriptions", code, param);

        refused(ask("/api/subscriptions", "{'planId':'starter-monthly'}"), 422, "amount-not-payable");

        assertThat(faults() - before).as("alarms").isZero();
    }

    private String planOf(long amount, int mostSeats) {
        String plan = "seats-" + UUID.randomUUID().toString().substring(0, 8);
        expect(
                post(
                        "operator",
                        "/api/plans",
                        "{'id':'" + plan + "','product':'" + plan
                                + "','name':'Seats','interval':'month','perSeat':true,'maxQuantity':" + mostSeats
                                + ",'prices':[{'amount':" + amount + ",'currency':'usd'}],'features':[]}"),
                201);
        return plan;
    }

    /** Else it begins, and no invoice of it can ever be paid. */
    @Test
    void seatsThatTogetherCostMoreThanCanBePaidAreRefusedBeforeStripeIsAsked() {
        String plan = planOf(50_000_000, 3);

        refused(ask("/api/subscriptions", "{'planId':'" + plan + "','quantity':2}"), 422, "amount-not-payable");
        refused(ask("/api/checkout/sessions", page(plan, "'quantity':2,")), 422, "amount-not-payable");

        assertThat(texts("select status from subscriptions where user_id = '" + user + "'"))
                .as("begun")
                .isEmpty();
        assertThat(atStripe()).isEmpty();
        expect(ask("/api/subscriptions", "{'planId':'" + plan + "','quantity':1}"), 201);
    }

    @Test
    void theMostThatCanBePaidAtOnceIsTaken() {
        String plan = planOf(33_333_333, 3); // 99,999,999 together: docs.stripe.com/api/payment_intents/create

        expect(ask("/api/subscriptions", "{'planId':'" + plan + "','quantity':3}"), 201);
    }

    @ParameterizedTest
    @ValueSource(strings = {"token_already_used", "token_in_use"})
    void aUsedTokenIsNoDeclinedCard(String code) {
        customer();
        stripeRefuses("/v1/subscriptions", code, "default_source");

        JsonNode no = expect(ask("/api/subscriptions", "{'planId':'starter-monthly'}"), 422);

        assertThat(no.path("code").asString()).isEqualTo("token-already-used");
        assertThat(fields(no)).containsExactly("paymentMethodId");
    }

    /** Their address, or how many subscriptions they have: nobody else can mend that, so nobody else is called for it. */
    @ParameterizedTest
    @CsvSource({"customer_tax_location_invalid, customer", "customer_max_subscriptions, customer"})
    void whatItsUserHasAtStripeIsTheirsToMendAndNoAlarm(String code, String param) {
        double before = faults();
        customer();
        stripeRefuses("/v1/subscriptions", code, param);

        JsonNode no = expect(ask("/api/subscriptions", "{'planId':'starter-monthly'}"), 409);

        assertThat(no.path("code").asString()).isEqualTo("start-refused");
        assertThat(no.path("detail").asString()).contains(code);
        assertThat(faults() - before).as("alarms").isZero();
    }

    /** Of what a start names, its user named neither this nor could name another. */
    @ParameterizedTest
    @CsvSource({"/v1/subscriptions, on_behalf_of", "/v1/checkout/sessions, subscription_data[on_behalf_of]"})
    void whatOnlyWeNameAndStripeDoesNotHaveIsHeardOf(String pathEnd, String param, CapturedOutput log) {
        double before = faults();
        customer();
        stripeRefuses(pathEnd, "resource_missing", param);

        refused(
                pathEnd.endsWith("sessions")
                        ? ask("/api/checkout/sessions", page("starter-monthly", ""))
                        : ask("/api/subscriptions", "{'planId':'starter-monthly'}"),
                500,
                "stripe-request-refused");

        assertThat(faults() - before).as("alarms").isEqualTo(1);
        assertThat(log.getAll()).contains("resource_missing", param, AlteringProxy.REFUSED);
    }

    /** It is made anew at once, by whoever asks with another key too: an alarm would call somebody for nothing. */
    @Test
    void aLostCustomerIsNoAlarm() {
        double before = faults();
        STRIPE.delete("/v1/customers/" + customer());

        expect(ask("/api/subscriptions", "{'planId':'starter-monthly'}"), 201);

        assertThat(faults() - before).as("alarms").isZero();
    }
}
