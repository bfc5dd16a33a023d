package io.tillstream.chaos.user;

import java.util.List;
import java.util.Random;

/** Requests of the API as JSON. */
final class Bodies {
    static final List<String> GOOD_CARDS =
            List.of("pm_card_visa", "pm_card_mastercard", "pm_card_amex", "pm_card_discover", "pm_card_jcb");
    static final List<String> DECLINED_CARDS =
            List.of("pm_card_visa_chargeDeclined", "pm_card_visa_chargeDeclinedInsufficientFunds");
    /** Of the catalog that is there at the start. */
    private static final List<String> BOOKS = List.of("the-long-invoice", "tidal-maps", "night-trains");

    private static final String BOOK_IN_EURO = "garten-ohne-zaun";
    private static final String RETURN = "http://localhost:3000/";

    private Bodies() {}

    static String order(Random random) {
        return "{\"items\": " + items(random) + "}";
    }

    static String orderInEuro() {
        return "{\"items\": [{\"productId\": \"%s\", \"quantity\": 1}]}".formatted(BOOK_IN_EURO);
    }

    static String order(Random random, String payment) {
        return "{\"items\": " + items(random) + ", \"payment\": " + payment + "}";
    }

    private static String items(Random random) {
        return "[{\"productId\": \"%s\", \"quantity\": %d}]".formatted(any(BOOKS, random), 1 + random.nextInt(4));
    }

    static String card(String paymentMethod) {
        return "{\"method\": \"card\", \"paymentMethodId\": \"%s\"}".formatted(paymentMethod);
    }

    static String savedCard(String paymentMethod) {
        return "{\"method\": \"saved_card\", \"paymentMethodId\": \"%s\"}".formatted(paymentMethod);
    }

    static String token(String token) {
        return "{\"method\": \"token\", \"token\": \"%s\"}".formatted(token);
    }

    static String element() {
        return "{\"method\": \"payment_element\"}";
    }

    static String checkout() {
        return "{\"method\": \"checkout\", \"successUrl\": \"%1$sdone\", \"cancelUrl\": \"%1$sbasket\"}"
                .formatted(RETURN);
    }

    static String subscriptionPage(String plan) {
        return """
            {"mode": "subscription", "planId": "%s", "successUrl": "%2$swelcome", "cancelUrl": "%2$splans"}\
            """.formatted(plan, RETURN);
    }

    static String paymentMethod(String ready) {
        return "{\"paymentMethodId\": \"%s\"}".formatted(ready);
    }

    static <T> T any(List<T> all, Random random) {
        return all.get(random.nextInt(all.size()));
    }
}
