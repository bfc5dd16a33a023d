package io.tillstream.simulator.api;

import io.tillstream.simulator.SimulatorSettings;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.databind.node.ObjectNode;

/** Who calls: the account's secret keys may do everything, a publishable key only what a browser needs. */
@Component
final class Keys {
    private final SimulatorSettings settings;

    Keys(SimulatorSettings settings) {
        this.settings = settings;
    }

    /** Whether the key is a publishable one; an error if it is none of ours. */
    boolean isPublishable(@Nullable String authorization, @Nullable String keyParam) {
        String key = key(authorization, keyParam);
        if (key == null || key.isEmpty()) {
            throw unauthorized(
                    null,
                    "You did not provide an API key. You need to provide your API key in the Authorization header,"
                            + " using Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY'). See"
                            + " https://stripe.com/docs/api#authentication for details, or we can help at"
                            + " https://support.stripe.com/.");
        }
        if (settings.secretKeys().contains(key)) {
            return false;
        }
        if (settings.publishableKeys().contains(key)) {
            return true;
        }
        throw unauthorized(null, "Invalid API Key provided: " + masked(key, 4));
    }

    private static @Nullable String key(@Nullable String authorization, @Nullable String keyParam) {
        return authorization == null ? keyParam : presented(authorization);
    }

    /**
     * Whoever speaks for an account that is not connected is refused, in the words of Stripe's answers. Here no other than the
     * account's own is.
     *
     * @param account of {@code Stripe-Account} or {@code Stripe-Context}
     */
    void refuseForeign(@Nullable String account, @Nullable String authorization, @Nullable String keyParam) {
        if (account == null || account.isBlank() || account.equals(settings.account())) {
            return;
        }
        String key = Objects.requireNonNull(key(authorization, keyParam));
        throw StripeError.of(
                403,
                "invalid_request_error",
                "account_invalid",
                "The provided key '" + masked(key, 6) + "' does not have access to account '" + account
                        + "' (or that account does not exist). Application access may have been revoked.");
    }

    static StripeError secretKeyRequired() {
        return unauthorized(
                "secret_key_required",
                "This API call cannot be made with a publishable API key. Please use a secret API key. You can find a"
                        + " list of your API keys at https://dashboard.stripe.com/account/apikeys.");
    }

    /** Card numbers come from browsers only; a server that holds one is doing something unsafe. */
    static void refuseRawCard(ObjectNode params, boolean publishable) {
        boolean raw = params.path("card").has("number")
                || params.path("payment_method_data").path("card").has("number");
        if (raw && !publishable) {
            throw StripeError.of(
                    402,
                    "invalid_request_error",
                    null,
                    "Sending credit card numbers directly to the Stripe API is generally unsafe. We suggest you use"
                            + " test tokens that map to the test card you are using, see https://stripe.com/docs/testing."
                            + " To enable raw card data APIs in test mode, see"
                            + " https://support.stripe.com/questions/enabling-access-to-raw-card-data-apis.");
        }
    }

    private static StripeError unauthorized(@Nullable String code, String message) {
        return StripeError.of(401, "invalid_request_error", code, message);
    }

    private static @Nullable String presented(String authorization) {
        String scheme = authorization.toLowerCase(Locale.ROOT);
        if (scheme.startsWith("bearer ")) {
            return authorization.substring("bearer ".length()).trim();
        }
        if (!scheme.startsWith("basic ")) {
            return null;
        }
        try {
            byte[] decoded = Base64.getDecoder()
                    .decode(authorization.substring("basic ".length()).trim());
            String user = new String(decoded, StandardCharsets.UTF_8);
            int colon = user.indexOf(':');
            return colon < 0 ? user : user.substring(0, colon);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    /** As Stripe does: the start says which kind, the end which one. */
    private static String masked(String key, int shown) {
        if (key.length() <= 12) {
            return "*".repeat(key.length());
        }
        String head =
                key.startsWith("sk_") || key.startsWith("pk_") || key.startsWith("rk_") ? key.substring(0, 8) : "";
        return head
                + "*".repeat(key.length() - head.length() - shown)
                + Objects.requireNonNull(key.substring(key.length() - shown));
    }
}
