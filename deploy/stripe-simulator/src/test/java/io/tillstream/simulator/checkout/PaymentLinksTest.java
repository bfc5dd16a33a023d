package io.tillstream.simulator.checkout;

import static org.assertj.core.api.Assertions.assertThat;

import io.tillstream.simulator.state.Json;
import io.tillstream.simulator.subscription.Subscribing;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** docs.stripe.com/payment-links/api. */
class PaymentLinksTest extends Subscribing {
    private String once(long amount) {
        return Json.textOf(
                post("/v1/prices", "currency=usd", "unit_amount=" + amount, "product_data[name]=Book"), "id");
    }

    private static HttpResponse<String> open(JsonNode link) {
        return send(HttpRequest.newBuilder(URI.create(Json.textOf(link, "url"))).build());
    }

    private JsonNode session() {
        return get("/v1/checkout/sessions").path("data").get(0);
    }

    @Test
    void whoOpensALinkComesToAPageOfTheirOwn() {
        ObjectNode link = post(
                "/v1/payment_links",
                "line_items[0][price]=" + once(900),
                "line_items[0][quantity]=2",
                "metadata[campaign]=spring",
                "after_completion[type]=redirect",
                "after_completion[redirect][url]=https://shop.example/thanks");
        HttpResponse<String> answer = open(link);
        assertThat(answer.statusCode()).isEqualTo(303);
        assertThat(answer.headers().firstValue("location").orElseThrow()).isEqualTo(Json.text(session(), "url"));
        assertThat(Json.text(session(), "payment_link")).isEqualTo(Json.text(link, "id"));
        assertThat(Json.text(session(), "success_url")).isEqualTo("https://shop.example/thanks");
        assertThat(Json.text(session().path("metadata"), "campaign")).isEqualTo("spring");
        assertThat(Json.number(session(), "amount_total")).isEqualTo(1800);
        assertThat(get("/v1/payment_links/" + Json.textOf(link, "id") + "/line_items")
                        .path("data"))
                .hasSize(1);
    }

    @Test
    void aRecurringPriceMakesASubscription() {
        open(post(
                "/v1/payment_links",
                "line_items[0][price]=" + price("Gold", 900, "month"),
                "line_items[0][quantity]=1"));
        assertThat(Json.text(session(), "mode")).isEqualTo("subscription");
    }

    @Test
    void aLinkThatIsOffSaysSo() {
        ObjectNode link = post("/v1/payment_links", "line_items[0][price]=" + once(900), "line_items[0][quantity]=1");
        ObjectNode off =
                post("/v1/payment_links/" + Json.textOf(link, "id"), "active=false", "inactive_message=Sold out");
        assertThat(open(off).body()).contains("Sold out");
        assertThat(events(link)).containsExactly("payment_link.created", "payment_link.updated");
    }

    @Test
    void theLastOfItsSessionsClosesIt() {
        ObjectNode link = post(
                "/v1/payment_links",
                "line_items[0][price]=" + once(900),
                "line_items[0][quantity]=1",
                "restrictions[completed_sessions][limit]=1");
        open(link);
        String method = Json.textOf(post("/v1/payment_methods", "type=card", "card[token]=tok_visa"), "id");
        post(
                "/v1/payment_pages/" + Json.textOf(session(), "id") + "/confirm",
                "payment_method=" + method,
                "expected_amount=900");
        assertThat(Json.text(session(), "status")).isEqualTo("complete");
        assertThat(Json.isTrue(get("/v1/payment_links/" + Json.textOf(link, "id")), "active"))
                .isFalse();
    }

    @Test
    void whatNoSessionCanSellIsRefused() {
        assertThat(Json.text(
                        refusedPost(
                                400,
                                "/v1/payment_links",
                                "line_items[0][price]=price_none",
                                "line_items[0][quantity]=1"),
                        "code"))
                .isEqualTo("resource_missing");
    }
}
