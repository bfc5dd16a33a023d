package io.tillstream.local;

import java.util.Locale;

/** What is said when all is up: where things are, and a first thing to try. */
final class Welcome {
    private Welcome() {}

    static String text(LocalTillstream tillstream, double seconds) {
        String gateway = address(tillstream, Part.GATEWAY);
        String stripe = tillstream.settings().usesRealStripe()
                ? "Stripe             the real one, with the keys from your shell; send events to it with:\n"
                        + "                   stripe listen --forward-to " + gateway + "/webhooks/stripe"
                : "Stripe simulator   " + address(tillstream, Part.STRIPE_SIMULATOR);
        String identity = address(tillstream, Part.IDENTITY);
        String issuer = identity.equals("http://127.0.0.1:9000") ? "" : "OIDC_ISSUER=" + identity + " ";
        return """

                Tillstream is ready after %s s.

                Gateway            %s
                API documentation  %s/docs
                %s
                Identity           %s   users alice, bob, operator; password USER-password
                Logs               %s
                Data               %s

                Try:
                  TOKEN=$(%sdeploy/local/token alice)
                  PRODUCT=$(curl -s "%s/api/products?limit=1" | grep -o '"id":"[^"]*"' | head -n 1 | cut -d'"' -f4)
                  curl -s %s/api/orders -H "Authorization: Bearer $TOKEN" -H "Idempotency-Key: first-order" \\
                    -H "Content-Type: application/json" \\
                    -d "{\\"items\\":[{\\"productId\\":\\"$PRODUCT\\",\\"quantity\\":1}],\\"payment\\":{\\"method\\":\\"card\\",\\"paymentMethodId\\":\\"pm_card_visa\\"}}"

                Ctrl-C stops everything.
                """.formatted(
                        String.format(Locale.ROOT, "%.0f", seconds),
                        gateway,
                        gateway,
                        stripe,
                        identity,
                        tillstream.folders().logs(),
                        tillstream.folders().data(),
                        issuer,
                        gateway,
                        gateway);
    }

    private static String address(LocalTillstream tillstream, Part part) {
        return tillstream.url(part).toString();
    }
}
