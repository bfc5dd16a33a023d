package io.tillstream.payment.drift;

import io.tillstream.drift.DriftRows;
import io.tillstream.stripeevents.StripeJson;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import tools.jackson.databind.JsonNode;

/** Which objects at Stripe are of our payments. */
final class PaymentIds {

    /** What names no intent may name its charge alone, which was made by one: so it is read with it, by the same call. */
    static final String CHARGE = "charge";

    private PaymentIds() {}

    /** The ids of those refunds and disputes that are of our payments, whoever made them. */
    static Flux<String> ofOurs(DriftRows rows, Collection<JsonNode> objects) {
        Map<String, String> intents = new LinkedHashMap<>();
        for (JsonNode object : objects) {
            String intent = intent(object);
            if (intent != null) {
                intents.put(String.valueOf(StripeJson.text(object, "id")), intent);
            }
        }
        return rows.texts("select stripe_intent_id from payments where stripe_intent_id = any(:ids)", intents.values())
                .collect(Collectors.toSet())
                .flatMapIterable(ours -> intents.keySet().stream()
                        .filter(id -> ours.contains(intents.get(id)))
                        .toList());
    }

    private static @Nullable String intent(JsonNode object) {
        String named = StripeJson.id(object, "payment_intent");
        return named != null ? named : StripeJson.id(object.get(CHARGE), "payment_intent");
    }
}
