package io.tillstream.simulator.surface;

import com.stripe.Stripe;
import com.stripe.exception.ApiConnectionException;
import com.stripe.net.HttpURLConnectionClient;
import com.stripe.net.StripeRequest;
import com.stripe.net.StripeResponse;
import io.tillstream.simulator.state.Json;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** stripe-java's own client, which keeps what of the answers is not as Stripe publishes it. */
public final class CheckedAnswers extends HttpURLConnectionClient {
    private static final PublishedObjects PUBLISHED = PublishedObjects.read();

    private final Set<String> breaches = new TreeSet<>();

    @Override
    public StripeResponse request(StripeRequest request) throws ApiConnectionException {
        StripeResponse response = super.request(request);
        String version = request.headers().firstValue("Stripe-Version").orElse(Stripe.API_VERSION);
        String key = request.headers().firstValue("Authorization").orElse("");
        if (version.equals(Stripe.API_VERSION) && key.startsWith("Bearer sk_")) {
            check(response.code(), response.body());
        }
        return response;
    }

    /** An answer in the newest version, to a secret key: older ones and Stripe.js see other fields. */
    public void check(int status, String body) {
        if (status == 200 && body.startsWith("{")) {
            breaches.addAll(PUBLISHED.breaches(withId(Json.parse(body.getBytes(StandardCharsets.UTF_8)))));
        }
    }

    /** Stripe says of {@code invoice.upcoming} itself that its invoice has no id (docs.stripe.com/api/events/types). */
    private static ObjectNode withId(ObjectNode answer) {
        for (JsonNode event : answer.path("data")) {
            if (Json.is(event, "type", "invoice.upcoming")
                    && event.path("data").get("object") instanceof ObjectNode invoice) {
                invoice.put("id", "none");
            }
        }
        return answer;
    }

    /** What was found since the last time. */
    public List<String> taken() {
        List<String> found = List.copyOf(breaches);
        breaches.clear();
        return found;
    }
}
