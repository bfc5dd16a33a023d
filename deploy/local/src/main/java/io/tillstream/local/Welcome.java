package io.tillstream.local;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** What is said when all is up: where things are, and a first thing to try. */
public final class Welcome {
    private static final Map<Part, String> WORDS = Map.of(
            Part.ORDER_SERVICE, "Orders",
            Part.PAYMENT_SERVICE, "Payments",
            Part.SUBSCRIPTION_SERVICE, "Subscriptions",
            Part.WEBHOOK_INGEST, "Webhooks");
    private static final String TEST_CARD = "4242 4242 4242 4242, any later date and any code"; // Stripe's and ours

    private static final List<Part> SERVICES =
            List.of(Part.ORDER_SERVICE, Part.PAYMENT_SERVICE, Part.SUBSCRIPTION_SERVICE, Part.WEBHOOK_INGEST);

    private Welcome() {}

    /** {@code seconds}: how long it took. */
    public static String text(LocalTillstream tillstream, double seconds) {
        // Cart and sign-in belong to one origin: the one that the README and the pages' links name.
        String gateway = "http://localhost:" + tillstream.port(Part.GATEWAY);
        String stripe = tillstream.settings().usesRealStripe()
                ? "Stripe             the real one, with the keys from your shell; send events to it with:\n"
                        + "                   stripe listen --forward-to " + gateway + "/webhooks/stripe"
                : "Stripe simulator   " + address(tillstream, Part.STRIPE_SIMULATOR)
                        + "/_simulator/dashboard   payments, customers and events, to see and to stir";
        String identity = address(tillstream, Part.IDENTITY);
        String issuer = identity.equals("http://127.0.0.1:9000") ? "" : "OIDC_ISSUER=" + identity + " ";
        return """

                Tillstream is ready after %s s.

                Shop               %s   buy a book: sign in as alice, pay with %s
                Console            %s/console   what flows, search, refunds: sign in as operator
                Gateway            %s
                API documentation  %s/docs
                %s
                Identity           %s   users alice, bob, operator; password USER-password
                %s
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
                        TEST_CARD,
                        gateway,
                        gateway,
                        gateway,
                        stripe,
                        identity,
                        services(tillstream),
                        tillstream.folders().logs(),
                        tillstream.folders().data(),
                        issuer,
                        gateway,
                        gateway);
    }

    /** Each shows on its root page what it is, and where its document, health and metrics are. */
    private static String services(LocalTillstream tillstream) {
        return SERVICES.stream()
                .filter(tillstream.parts()::contains)
                .map(part -> "%-18s %s".formatted(WORDS.get(part), address(tillstream, part)))
                .collect(Collectors.joining("\n"));
    }

    private static String address(LocalTillstream tillstream, Part part) {
        return tillstream.url(part).toString();
    }
}
