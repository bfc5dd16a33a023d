package io.tillstream.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.util.Map;
import java.util.stream.Collectors;

/** Stripe's hosted page, used without a browser: its form sent by hand. */
final class HostedPage {
    private HostedPage() {}

    /** Pays; fails if the page does not send the buyer back to the shop. */
    static void pay(String url, String cardNumber) {
        Answer answer = send(url, cardNumber);
        assertThat(answer.status()).as(answer.body()).isIn(302, 303);
        assertThat(answer.header("location")).startsWith(ShopPage.origin());
    }

    /** Pays an invoice, whose page leads nowhere else. */
    static void payAndStay(String url, String cardNumber) {
        Answer answer = send(url, cardNumber);
        assertThat(answer.status()).as(answer.body()).isIn(200, 302, 303);
    }

    /** Pays in the frame that a shop's own page holds; the frame tells that page, and goes on to the shop. */
    static void payInFrame(String sessionId, String cardNumber) {
        Answer answer = send(Stack.simulator() + "/c/pay/" + sessionId, cardNumber);
        assertThat(answer.expect(200).body()).contains("checkout-complete", ShopPage.origin());
    }

    /** Tries a card that is declined; gives the page that says so. */
    static String tryToPay(String url, String cardNumber) {
        Answer answer = send(url, cardNumber);
        assertThat(answer.header("location")).isEmpty();
        return answer.body();
    }

    private static Answer send(String url, String cardNumber) {
        Web.send("GET", URI.create(url), Map.of(), (String) null).expect(200);
        Map<String, String> typed = Map.of(
                "email", "alice@example.com",
                "cardNumber", cardNumber,
                "cardExpiry", "12 / 40",
                "cardCvc", "123",
                "billingName", "Alice Example",
                "billingCountry", "US",
                "billingPostalCode", "12345",
                "method", "card");
        String form = typed.entrySet().stream()
                .map(field -> field.getKey() + "=" + Simulator.encoded(field.getValue()))
                .collect(Collectors.joining("&"));
        return Web.send("POST", URI.create(url), Map.of("Content-Type", "application/x-www-form-urlencoded"), form);
    }
}
