package io.tillstream.simulator.api;

import java.net.URI;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Where mail and browsers are sent to: refused in Stripe's words where neither could arrive. */
public final class EmailAndUrlCheck {
    private static final int LONGEST_EMAIL = 512; // Stripe's limit of a customer's

    private EmailAndUrlCheck() {}

    public static void refuseBadEmail(Params params, String name) {
        String email = params.text(name);
        if (email != null && !isEmail(email)) {
            throw StripeError.malformed("email_invalid", "Invalid email address: " + email, params.param(name));
        }
    }

    private static boolean isEmail(String text) {
        int at = text.indexOf('@');
        return text.length() <= LONGEST_EMAIL
                && at > 0
                && at < text.length() - 1
                && at == text.lastIndexOf('@')
                && text.chars().noneMatch(Character::isWhitespace);
    }

    /** A page of the shop's. */
    public static void refuseBadUrl(Params params, String name) {
        URI uri = uri(params.text(name));
        if (params.text(name) != null
                && (uri == null
                        || uri.getHost() == null
                        || !List.of("http", "https").contains(uri.getScheme()))) {
            throw invalid("Not a valid URL. URLs must begin with http:// or https://.", params, name);
        }
    }

    /** The same, or an app's own, {@code shop-app://back}: docs.stripe.com/api/payment_intents/confirm has both. */
    public static void refuseBadReturn(Params params, String name) {
        URI uri = uri(params.text(name));
        if (params.text(name) != null && (uri == null || uri.getScheme() == null || uri.getAuthority() == null)) {
            throw invalid("Not a valid URL", params, name);
        }
    }

    private static StripeError invalid(String message, Params params, String name) {
        return StripeError.malformed("url_invalid", message, params.param(name));
    }

    private static @Nullable URI uri(@Nullable String text) {
        try {
            return text == null ? null : URI.create(text.replace("{CHECKOUT_SESSION_ID}", "x"));
        } catch (IllegalArgumentException e) {
            return null;
        }
    }
}
