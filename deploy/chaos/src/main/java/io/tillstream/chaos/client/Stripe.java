package io.tillstream.chaos.client;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Stripe, as a buyer's browser, a bank and a dashboard use it: the simulator. */
public final class Stripe {
    private static final String SECRET_KEY = "sk_test_tillstream";
    private static final String PUBLISHABLE_KEY = "pk_test_tillstream";
    private static final String RETURN = "http://localhost:3000/done";
    private static final Map<String, String> TYPED = Map.of(
            "email", "buyer@example.com",
            "cardExpiry", "12 / 40",
            "cardCvc", "123",
            "billingName", "A Buyer",
            "billingCountry", "US",
            "billingPostalCode", "12345",
            "method", "card");

    private final URI address;

    public Stripe(URI address) {
        this.address = address;
    }

    /** Confirms an intent as Stripe.js does: with the client secret that the page was given. */
    public Answer confirm(String clientSecret, String paymentMethod) {
        String intent = idOf(clientSecret);
        String kind = intent.startsWith("seti_") ? "setup_intents" : "payment_intents";
        return form(
                "/v1/" + kind + "/" + intent + "/confirm",
                PUBLISHABLE_KEY,
                Map.of("client_secret", clientSecret, "payment_method", paymentMethod, "return_url", RETURN));
    }

    /** Confirms an intent with the number of a bank account in Europe. */
    public Answer debit(String clientSecret, String iban) {
        Map<String, String> fields = new TreeMap<>();
        fields.put("client_secret", clientSecret);
        fields.put("return_url", RETURN);
        fields.put("payment_method_data[type]", "sepa_debit");
        fields.put("payment_method_data[sepa_debit][iban]", iban);
        fields.put("payment_method_data[billing_details][name]", "A Buyer");
        fields.put("payment_method_data[billing_details][email]", "buyer@example.com");
        fields.put("mandate_data[customer_acceptance][type]", "online");
        fields.put("mandate_data[customer_acceptance][online][infer_from_client]", "true");
        return form("/v1/payment_intents/" + idOf(clientSecret) + "/confirm", PUBLISHABLE_KEY, fields);
    }

    public static String idOf(String clientSecret) {
        int end = clientSecret.indexOf("_secret_");
        return end < 0 ? clientSecret : clientSecret.substring(0, end);
    }

    /** Fills in the hosted page and pays. */
    public Answer payOnPage(String url, String cardNumber) {
        URI page = URI.create(url);
        Answer seen = Http.send("GET", page, Map.of(), null);
        if (!seen.isSuccess()) {
            return seen;
        }
        String fields = encoded(TYPED) + "&cardNumber=" + cardNumber;
        return Http.send("POST", page, Map.of("Content-Type", "application/x-www-form-urlencoded"), fields);
    }

    /** The bank's page: the buyer confirms the payment or not. */
    public Answer authenticate(String intent, boolean success) {
        return control("POST", "/payment_intents/" + intent + "/authenticate", "{\"success\": " + success + "}");
    }

    public Answer dispute(String charge) {
        return control("POST", "/charges/" + charge + "/dispute", "{\"reason\": \"fraudulent\"}");
    }

    public Answer closeDispute(String dispute, boolean won) {
        return control("POST", "/disputes/" + dispute + "/close", "{\"won\": " + won + "}");
    }

    /** Lets Stripe's clock go on by a duration such as {@code P7D}. */
    public Answer timePasses(String duration) {
        return control("PUT", "/clock", "{\"advance\": \"" + duration + "\"}");
    }

    /** Asks the control side of the simulator, which Stripe itself does not have. */
    public Answer control(String method, String path, @Nullable String body) {
        URI target = URI.create(address + "/_simulator" + path);
        return Http.send(method, target, Map.of("Content-Type", "application/json"), body);
    }

    /** Reads as its owner does, with the secret key. */
    public JsonNode read(String path) {
        return Http.send("GET", URI.create(address + path), Map.of("Authorization", "Bearer " + SECRET_KEY), null)
                .json();
    }

    private Answer form(String path, String key, Map<String, String> fields) {
        return Http.send(
                "POST",
                URI.create(address + path),
                Map.of("Authorization", "Bearer " + key, "Content-Type", "application/x-www-form-urlencoded"),
                encoded(fields));
    }

    private static String encoded(Map<String, String> fields) {
        return fields.entrySet().stream()
                .map(field -> field.getKey() + "=" + URLEncoder.encode(field.getValue(), StandardCharsets.UTF_8))
                .collect(Collectors.joining("&"));
    }
}
