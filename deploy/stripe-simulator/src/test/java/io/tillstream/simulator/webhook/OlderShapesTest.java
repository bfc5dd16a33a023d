package io.tillstream.simulator.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import io.tillstream.simulator.RunningSimulator;
import io.tillstream.simulator.state.Json;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpResponse;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** A shop that is written for an older version of the API finds products, credit notes and discounts where they were then. */
class OlderShapesTest extends RunningSimulator {

    @AfterEach
    void anew() {
        control("POST", "reset", "{}");
    }

    private ObjectNode made(String path, String form) {
        HttpResponse<String> answer = raw(SECRET_KEY, "POST", path, form);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return json(answer);
    }

    private String id(String path, String form) {
        return Json.textOf(made(path, form), "id");
    }

    private ObjectNode older(String version, String path) {
        HttpResponse<String> answer = raw(SECRET_KEY, "GET", path, "", "Stripe-Version", version);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return json(answer);
    }

    private static ObjectNode golden(String type, String version) {
        try (InputStream file =
                OlderShapesTest.class.getResourceAsStream("/stripe-versions/" + type + "/" + version + ".json")) {
            return Json.parse(Objects.requireNonNull(file).readAllBytes());
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** What a version has otherwise than the newest: it is there, and what came later is not. */
    private static void seesShape(String type, String version, JsonNode shown) {
        Set<String> then = new TreeSet<>(golden(type, version).propertyNames());
        Set<String> now = new TreeSet<>(golden(type, "2026-07-29.dahlia").propertyNames());
        Set<String> only = new TreeSet<>(then);
        only.removeAll(now);
        now.removeAll(then);
        assertThat(only).isNotEmpty();
        assertThat(shown.propertyNames()).containsAll(only).doesNotContainAnyElementsOf(now);
    }

    @ParameterizedTest
    @ValueSource(strings = {"2022-08-01", "2023-10-16"})
    void aProductHasFeatures(String version) {
        String id = id("/v1/products", "name=Starter&marketing_features[0][name]=reading-room");

        ObjectNode product = older(version, "/v1/products/" + id);

        seesShape("product", version, product);
        assertThat(Json.text(product.path("features").path(0), "name")).isEqualTo("reading-room");
        assertThat(older("2024-06-20", "/v1/products/" + id).has("marketing_features"))
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"2022-08-01", "2023-10-16", "2024-06-20"})
    void aCreditNoteNamesItsRefund(String version) {
        String customer = id(
                "/v1/customers", "payment_method=pm_card_visa&invoice_settings[default_payment_method]=pm_card_visa");
        String invoice = id("/v1/invoices", "currency=usd&auto_advance=false&customer=" + customer);
        made("/v1/invoiceitems", "amount=900&currency=usd&customer=" + customer + "&invoice=" + invoice);
        made("/v1/invoices/" + invoice + "/finalize", "");
        made("/v1/invoices/" + invoice + "/pay", "");
        ObjectNode note = made("/v1/credit_notes", "invoice=" + invoice + "&amount=500&refund_amount=500");

        ObjectNode shown = older(version, "/v1/credit_notes/" + Json.textOf(note, "id"));

        seesShape("credit_note", version, shown);
        assertThat(Json.text(shown, "refund"))
                .isEqualTo(Json.text(note.path("refunds").path(0), "refund"))
                .startsWith("re_");
        assertThat(shown.path("tax_amounts").isArray()).isTrue();
        assertThat(shown.path("lines").path("data")).allSatisfy(line -> {
            assertThat(line.has("tax_amounts")).isTrue();
            assertThat(line.has("taxes")).isFalse();
        });
    }

    /**
     * docs.stripe.com/changelog/clover/2025-09-30/add-discount-source-property and /polymorphic-coupon: until then both had their
     * coupon whole.
     */
    @ParameterizedTest
    @ValueSource(strings = {"2022-08-01", "2024-06-20", "2025-03-31.basil"})
    void discountsAndPromotionCodesHaveTheirCoupon(String version) {
        String coupon = id("/v1/coupons", "percent_off=20&duration=forever");
        String code = id("/v1/promotion_codes", "promotion[type]=coupon&promotion[coupon]=" + coupon);
        String price =
                id("/v1/prices", "currency=usd&unit_amount=900&recurring[interval]=month&product_data[name]=Starter");
        String customer = id(
                "/v1/customers", "payment_method=pm_card_visa&invoice_settings[default_payment_method]=pm_card_visa");
        String subscription = id(
                "/v1/subscriptions",
                "customer=" + customer + "&items[0][price]=" + price + "&discounts[0][promotion_code]=" + code);
        String item = id(
                "/v1/invoiceitems", "amount=900&currency=usd&customer=" + customer + "&discounts[0][coupon]=" + coupon);

        ObjectNode promotion = older(version, "/v1/promotion_codes/" + code);
        JsonNode ofSubscription = older(version, "/v1/subscriptions/" + subscription + "?expand[]=discounts")
                .path("discounts");
        JsonNode ofItem = older(version, "/v1/invoiceitems/" + item + "?expand[]=discounts")
                .path("discounts");

        assertThat(Json.text(promotion, "coupon.id")).isEqualTo(coupon);
        assertThat(promotion.path("coupon").path("percent_off").asInt()).isEqualTo(20);
        assertThat(promotion.has("promotion")).isFalse();
        for (JsonNode discount : new JsonNode[] {ofSubscription.path(0), ofItem.path(0)}) {
            assertThat(Json.text(discount, "object")).isEqualTo("discount");
            assertThat(Json.text(discount, "coupon.id")).isEqualTo(coupon);
            assertThat(discount.has("source")).isFalse();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"2022-08-01", "2025-03-31.basil"})
    void theDiscountOfACustomerHasItsCoupon(String version) {
        String coupon = id("/v1/coupons", "percent_off=20&duration=forever");
        String customer = id("/v1/customers", "");
        HttpResponse<String> given =
                raw(SECRET_KEY, "POST", "/v1/customers/" + customer, "coupon=" + coupon, "Stripe-Version", version);
        assertThat(given.statusCode()).as(given.body()).isEqualTo(200);

        ObjectNode discount =
                (ObjectNode) older(version, "/v1/customers/" + customer).get("discount");

        assertThat(Json.text(discount, "coupon.id")).isEqualTo(coupon);
        assertThat(discount.has("source")).isFalse();
        assertThat(Json.text(made("/v1/customers/" + customer, "name=newer"), "discount.source.coupon"))
                .isEqualTo(coupon);
    }
}
