package io.tillstream.simulator.quote;

import static org.assertj.core.api.Assertions.assertThat;

import com.stripe.StripeClient;
import com.stripe.exception.StripeException;
import io.tillstream.simulator.state.Json;
import io.tillstream.simulator.subscription.Subscribing;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

/** docs.stripe.com/quotes/overview and docs.stripe.com/api/quotes. */
class QuotesTest extends Subscribing {
    private ObjectNode quote(String customer, String... more) {
        String[] params = new String[more.length + 1];
        params[0] = "customer=" + customer;
        System.arraycopy(more, 0, params, 1, more.length);
        return post("/v1/quotes", params);
    }

    private ObjectNode move(ObjectNode quote, String how) {
        return post("/v1/quotes/" + Json.textOf(quote, "id") + "/" + how);
    }

    private String once(long amount) {
        return Json.textOf(
                post("/v1/prices", "currency=usd", "unit_amount=" + amount, "product_data[name]=Setup"), "id");
    }

    @Test
    void anAcceptedQuoteIsASubscription() {
        ObjectNode quote = quote(
                payer("pm_card_visa"),
                "line_items[0][price]=" + price("Gold", 1500, "month"),
                "line_items[0][quantity]=2",
                "line_items[1][price]=" + once(700),
                "line_items[1][quantity]=1",
                "subscription_data[description]=As quoted");
        assertThat(Json.text(quote, "status")).isEqualTo("draft");
        assertThat(Json.number(quote, "amount_total")).isEqualTo(3700);
        assertThat(Json.number(quote.path("computed").path("recurring"), "amount_total"))
                .isEqualTo(3000);
        assertThat(Json.text(move(quote, "finalize"), "number")).startsWith("QT-");
        ObjectNode accepted = move(quote, "accept");
        assertThat(Json.text(accepted, "status")).isEqualTo("accepted");
        ObjectNode subscription = get("/v1/subscriptions/" + Json.textOf(accepted, "subscription"));
        assertThat(Json.text(subscription, "status")).isEqualTo("active");
        assertThat(Json.text(subscription, "description")).isEqualTo("As quoted");
        assertThat(Json.number(invoice(subscription), "total")).isEqualTo(3700);
        assertThat(events(quote)).containsExactly("quote.created", "quote.finalized", "quote.accepted");
    }

    @Test
    void whatIsSoldOnceBecomesAnInvoice() {
        ObjectNode quote =
                quote(payer("pm_card_visa"), "line_items[0][price]=" + once(900), "line_items[0][quantity]=3");
        move(quote, "finalize");
        ObjectNode invoice = get("/v1/invoices/" + Json.textOf(move(quote, "accept"), "invoice"));
        assertThat(Json.number(invoice, "total")).isEqualTo(2700);
        assertThat(Json.text(invoice, "status")).isEqualTo("draft");
    }

    @Test
    void aCouponLowersIt() {
        String coupon = Json.textOf(post("/v1/coupons", "percent_off=20", "duration=once"), "id");
        ObjectNode quote = quote(
                payer("pm_card_visa"),
                "line_items[0][price]=" + price("Gold", 1000, "month"),
                "line_items[0][quantity]=1",
                "discounts[0][coupon]=" + coupon);
        assertThat(Json.number(quote, "amount_subtotal")).isEqualTo(1000);
        assertThat(Json.number(quote, "amount_total")).isEqualTo(800);
        move(quote, "finalize");
        ObjectNode accepted = move(quote, "accept");
        ObjectNode subscription = get("/v1/subscriptions/" + Json.textOf(accepted, "subscription"));
        assertThat(Json.number(invoice(subscription), "total")).isEqualTo(800);
    }

    @Test
    void onlyADraftChangesAndOnlyAnOpenOneIsAccepted() {
        ObjectNode quote = quote(
                payer("pm_card_visa"),
                "line_items[0][price]=" + price("Gold", 1000, "month"),
                "line_items[0][quantity]=1");
        String path = "/v1/quotes/" + Json.textOf(quote, "id");
        assertThat(Json.textOf(refusedPost(400, path + "/accept"), "message")).contains("draft");
        assertThat(Json.text(post(path, "header=Hello"), "header")).isEqualTo("Hello");
        move(quote, "finalize");
        assertThat(Json.textOf(refusedPost(400, path, "header=Too late"), "message"))
                .contains("open");
        assertThat(Json.text(move(quote, "cancel"), "status")).isEqualTo("canceled");
        assertThat(Json.textOf(refusedPost(400, path + "/accept"), "message")).contains("canceled");
    }

    @Test
    void anOpenQuoteEndsByItsDate() {
        ObjectNode quote = quote(
                payer("pm_card_visa"),
                "line_items[0][price]=" + price("Gold", 1000, "month"),
                "line_items[0][quantity]=1");
        move(quote, "finalize");
        pass("P31D");
        assertThat(Json.text(get("/v1/quotes/" + Json.textOf(quote, "id")), "status"))
                .isEqualTo("canceled");
    }

    @Test
    void itsPdfIsOne() throws StripeException, IOException {
        ObjectNode quote = quote(
                payer("pm_card_visa"),
                "line_items[0][price]=" + price("Gold", 1000, "month"),
                "line_items[0][quantity]=1");
        move(quote, "finalize");
        StripeClient files = StripeClient.builder()
                .setApiKey(SECRET_KEY)
                .setApiBase(base())
                .setFilesBase(base())
                .build();
        try (InputStream pdf = files.v1().quotes().pdf(Json.textOf(quote, "id"))) {
            assertThat(new String(pdf.readAllBytes(), StandardCharsets.ISO_8859_1))
                    .startsWith("%PDF-");
        }
    }

    @Test
    void itsLinesAreListedAndExpanded() {
        ObjectNode quote = quote(
                payer("pm_card_visa"),
                "line_items[0][price]=" + price("Gold", 1000, "month"),
                "line_items[0][quantity]=4");
        String path = "/v1/quotes/" + Json.textOf(quote, "id");
        assertThat(get(path + "/line_items").path("data")).hasSize(1);
        assertThat(Json.number(
                        get(path + "?expand[]=line_items")
                                .path("line_items")
                                .path("data")
                                .get(0),
                        "quantity"))
                .isEqualTo(4);
    }
}
