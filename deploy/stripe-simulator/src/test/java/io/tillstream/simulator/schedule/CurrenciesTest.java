package io.tillstream.simulator.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import io.tillstream.simulator.state.Json;
import io.tillstream.simulator.subscription.Subscribing;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** One customer, one currency: a schedule begins in the one that was planned, beside nothing of another. */
class CurrenciesTest extends Subscribing {
    private static final long DAY = 86_400;
    private static final String COMBINED = "You cannot combine currencies on a single customer.";

    private String both() {
        return Json.textOf(
                post(
                        "/v1/prices",
                        "currency=usd",
                        "unit_amount=1000",
                        "recurring[interval]=month",
                        "product_data[name]=Gold",
                        "currency_options[eur][unit_amount]=900"),
                "id");
    }

    private String[] planned(String customer, String price, String currency) {
        return new String[] {
            "customer=" + customer,
            "start_date=" + (Json.number(get("/v1/prices/" + price), "created") + DAY),
            "phases[0][currency]=" + currency,
            "phases[0][duration][interval]=month",
            "phases[0][items][0][price]=" + price
        };
    }

    @Test
    void aLaterScheduleBeginsInTheCurrencyOfItsPhase() {
        String price = both();
        ObjectNode schedule = post("/v1/subscription_schedules", planned(payer("pm_card_visa"), price, "eur"));
        assertThat(Json.text(schedule.path("phases").get(0), "currency")).isEqualTo("eur");
        pass("P1DT1M");
        String begun = Json.text(get("/v1/subscription_schedules/" + Json.textOf(schedule, "id")), "subscription");
        assertThat(begun).isNotNull();
        ObjectNode subscription = get("/v1/subscriptions/" + begun);
        assertThat(Json.text(subscription, "currency")).isEqualTo("eur");
        assertThat(Json.number(invoice(subscription), "amount_paid")).isEqualTo(900);
    }

    @Test
    void aScheduleInASecondCurrencyIsRefused() {
        String customer = payer("pm_card_visa");
        String price = both();
        subscribe(customer, price, "currency=usd");
        ObjectNode error = refusedPost(400, "/v1/subscription_schedules", planned(customer, price, "eur"));
        assertThat(Json.text(error, "message")).startsWith("You cannot combine currencies on a single customer.");
        assertThat(get("/v1/subscription_schedules?customer=" + customer).path("data"))
                .isEmpty();
    }

    @Test
    void anAmountOffInASecondCurrencyIsRefusedForACustomer() {
        String customer = payer("pm_card_visa");
        subscribe(customer, both(), "currency=usd");
        String coupon = Json.textOf(post("/v1/coupons", "amount_off=100", "currency=eur"), "id");
        ObjectNode error = refusedPost(400, "/v1/customers/" + customer, "coupon=" + coupon);
        assertThat(Json.text(error, "message")).startsWith("You cannot combine currencies on a single customer.");
        assertThat(Json.present(get("/v1/customers/" + customer), "discount")).isFalse();
        String own = Json.textOf(post("/v1/coupons", "amount_off=100", "currency=usd"), "id");
        post("/v1/customers/" + customer, "coupon=" + own);
        assertThat(Json.present(get("/v1/customers/" + customer), "discount")).isTrue();
    }

    private String once(String currency) {
        return Json.textOf(
                post("/v1/prices", "currency=" + currency, "unit_amount=700", "product_data[name]=Setup"), "id");
    }

    private static String path(ObjectNode schedule) {
        return "/v1/subscription_schedules/" + Json.textOf(schedule, "id");
    }

    private ObjectNode from(ObjectNode subscription) {
        return post("/v1/subscription_schedules", "from_subscription=" + Json.textOf(subscription, "id"));
    }

    /** The phase that runs, and one more of the same price. */
    private static String[] andThen(ObjectNode schedule, String price, String... more) {
        JsonNode now = schedule.path("phases").get(0);
        String[] params = new String[more.length + 5];
        params[0] = "phases[0][items][0][price]=" + price;
        params[1] = "phases[0][start_date]=" + Json.number(now, "start_date");
        params[2] = "phases[0][end_date]=" + Json.number(now, "end_date");
        params[3] = "phases[1][items][0][price]=" + price;
        params[4] = "phases[1][duration][interval]=month";
        System.arraycopy(more, 0, params, 5, more.length);
        return params;
    }

    /** A quote for something that is sold once too: it is among what Stripe's error names. */
    @Test
    void aQuoteInASecondCurrencyIsNotOpened() {
        String customer = payer("pm_card_visa");
        subscribe(customer, both(), "currency=usd");
        String quote = "/v1/quotes/"
                + Json.textOf(
                        post(
                                "/v1/quotes",
                                "customer=" + customer,
                                "line_items[0][price]=" + once("eur"),
                                "line_items[0][quantity]=1"),
                        "id");
        assertThat(Json.textOf(refusedPost(400, quote + "/finalize"), "message"))
                .startsWith(COMBINED);
        assertThat(Json.text(get(quote), "status")).isEqualTo("draft");
    }

    @Test
    void aPhaseThatWouldBeBilledInAnotherCurrencyIsRefused() {
        String price = both();
        String[] planned = planned(payer("pm_card_visa"), price, "usd");
        String[] more = Arrays.copyOf(planned, planned.length + 3);
        more[planned.length] = "phases[1][items][0][price]=" + price;
        more[planned.length + 1] = "phases[1][duration][interval]=month";
        more[planned.length + 2] = "phases[1][currency]=eur";
        assertThat(Json.text(refusedPost(400, "/v1/subscription_schedules", more), "param"))
                .isEqualTo("phases[1][currency]");
        ObjectNode schedule = from(subscribe(payer("pm_card_visa"), price, "currency=usd"));
        ObjectNode error = refusedPost(400, path(schedule), andThen(schedule, price, "phases[1][currency]=eur"));
        assertThat(Json.textOf(error, "message")).contains("must have the same currency");
        assertThat(get(path(schedule)).path("phases")).hasSize(1);
    }

    @Test
    void aPhaseInNoCurrencyOrOneThatItsPriceHasNotIsRefused() {
        String price = both();
        ObjectNode unknown =
                refusedPost(400, "/v1/subscription_schedules", planned(payer("pm_card_visa"), price, "zzz"));
        assertThat(Json.textOf(unknown, "message")).startsWith("Invalid currency: zzz");
        assertThat(Json.text(unknown, "param")).isEqualTo("phases[0][currency]");
        ObjectNode unsold =
                refusedPost(400, "/v1/subscription_schedules", planned(payer("pm_card_visa"), price, "gbp"));
        assertThat(Json.textOf(unsold, "message")).contains("doesn't match the expected currency: `gbp`");
        assertThat(Json.text(unsold, "param")).isEqualTo("phases[0][items][0][price]");
    }

    @Test
    void aPhaseThatSaysNoCurrencyHasThatOfTheSubscription() {
        String price = both();
        ObjectNode subscription = subscribe(payer("pm_card_visa"), price, "currency=eur");
        ObjectNode schedule = from(subscription);
        ObjectNode planned = post(path(schedule), andThen(schedule, price, "phases[1][items][0][quantity]=2"));
        assertThat(Json.text(planned.path("phases").get(1), "currency")).isEqualTo("eur");
        clock(end(subscription) + 7200);
        assertThat(Json.number(invoice(subscription(subscription)), "amount_paid"))
                .isEqualTo(1800);
    }

    @Test
    void aPlanThatIsRewrittenKeepsToTheCurrencyOfAllElse() {
        String customer = payer("pm_card_visa");
        String price = both();
        ObjectNode schedule = post("/v1/subscription_schedules", planned(customer, price, "usd"));
        String[] rewritten = {
            "phases[0][items][0][price]=" + price,
            "phases[0][start_date]=" + Json.number(schedule.path("phases").get(0), "start_date"),
            "phases[0][duration][interval]=month",
            "phases[0][currency]=eur"
        };
        assertThat(Json.text(post(path(schedule), rewritten).path("phases").get(0), "currency"))
                .isEqualTo("eur"); // it is alone
        rewritten[3] = "phases[0][currency]=usd";
        post(path(schedule), rewritten);
        subscribe(customer, price, "currency=usd");
        rewritten[3] = "phases[0][currency]=eur";
        assertThat(Json.textOf(refusedPost(400, path(schedule), rewritten), "message"))
                .startsWith(COMBINED);
        assertThat(Json.text(get(path(schedule)).path("phases").get(0), "currency"))
                .isEqualTo("usd");
    }

    /** docs.stripe.com/api/customer_balance_transactions: "You may modify the value directly by using the update customer API". */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aBalanceThatTheShopSetsIsTakenOffTheNextInvoice(boolean later) {
        String customer = later
                ? payer("pm_card_visa")
                : Json.textOf(post("/v1/customers", "email=payer@example.com", "balance=-500"), "id");
        if (later) {
            post("/v1/customers/" + customer, "balance=-500");
        } else {
            give(customer, "pm_card_visa");
        }
        assertThat(Json.number(get("/v1/customers/" + customer), "balance")).isEqualTo(-500);

        ObjectNode bill = invoice(subscribe(customer, price("Nine", 900, "month")));

        assertThat(Json.number(bill, "total")).isEqualTo(900);
        assertThat(Json.number(bill, "starting_balance")).isEqualTo(-500);
        assertThat(Json.number(bill, "amount_paid")).isEqualTo(400);
        assertThat(Json.number(get("/v1/customers/" + customer), "balance")).isZero();
    }

    /** docs.stripe.com/api/customer_balance_transactions/create: the currency says which balance it applies to. */
    @Test
    void eachCurrencyHasABalanceOfItsOwn() {
        String customer = payer("pm_card_visa");
        String moves = "/v1/customers/" + customer + "/balance_transactions";
        post(moves, "amount=-500", "currency=usd");
        ObjectNode euros = post(moves, "amount=-300", "currency=eur");
        assertThat(Json.number(euros, "ending_balance")).isEqualTo(-300);
        ObjectNode known = get("/v1/customers/" + customer + "?expand[]=invoice_credit_balance");
        assertThat(Json.text(known, "currency")).isEqualTo("usd");
        assertThat(Json.number(known, "balance")).isEqualTo(-500);
        assertThat(Json.number(known.path("invoice_credit_balance"), "usd")).isEqualTo(500);
        assertThat(Json.number(known.path("invoice_credit_balance"), "eur")).isEqualTo(300);
        ObjectNode subscription = subscribe(customer, both(), "currency=eur");
        assertThat(Json.number(invoice(subscription), "amount_paid")).isEqualTo(600);
        ObjectNode now = get("/v1/customers/" + customer + "?expand[]=invoice_credit_balance");
        assertThat(Json.text(now, "currency")).isEqualTo("eur");
        assertThat(Json.number(now, "balance")).isZero();
        assertThat(Json.number(now.path("invoice_credit_balance"), "usd")).isEqualTo(500);
    }

    /** docs.stripe.com/invoicing/multi-currency-customers: an invoice takes the items of its currency, and leaves the others. */
    @Test
    void anItemOfAnotherCurrencyWaitsForAnInvoiceOfThat() {
        String customer = payer("pm_card_visa");
        ObjectNode subscription = subscribe(customer, both(), "currency=usd");
        String ours = "customer=" + customer;
        post("/v1/invoiceitems", ours, "amount=900", "currency=eur");
        String pending = "pending_invoice_items_behavior=include";
        assertThat(Json.number(post("/v1/invoices", ours, pending, "currency=usd"), "total"))
                .isZero();
        ObjectNode euros = post("/v1/invoices", ours, pending, "currency=eur");
        assertThat(Json.number(euros, "total")).isEqualTo(900);
        for (String billed :
                new String[] {"invoice=" + Json.textOf(euros, "id"), "subscription=" + Json.textOf(subscription, "id")
                }) {
            String other = billed.startsWith("invoice") ? "usd" : "eur";
            assertThat(Json.text(
                            refusedPost(400, "/v1/invoiceitems", ours, billed, "amount=900", "currency=" + other),
                            "param"))
                    .isEqualTo("currency");
        }
        String of = "subscription=" + Json.textOf(subscription, "id");
        assertThat(Json.text(refusedPost(400, "/v1/invoices", of, "currency=eur"), "param"))
                .isEqualTo("currency");
        ObjectNode unsold = refusedPost(400, "/v1/invoiceitems", ours, "pricing[price]=" + once("usd"), "currency=eur");
        assertThat(Json.textOf(unsold, "message")).contains("doesn't match the expected currency: `eur`");
    }
}
