package io.tillstream.subscription.catalog;

import io.tillstream.stripe.OutcomeUnknown;
import io.tillstream.stripe.StripeResult;
import io.tillstream.stripeevents.StripeJson;
import io.tillstream.subscription.answers.StripeProblems;
import java.nio.charset.StandardCharsets;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What Stripe's answers mean for the catalog. */
final class StripeResultExtractor {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private StripeResultExtractor() {}

    static JsonNode json(String body) {
        return StripeJson.read(body.getBytes(StandardCharsets.UTF_8));
    }

    /** What is not there reads as Stripe tells of what was deleted. */
    static JsonNode orDeleted(StripeResult<JsonNode> answer, String id) {
        return StripeProblems.present(answer)
                .orElseGet(() -> JSON.createObjectNode().put("id", id).put("deleted", true));
    }

    static <T> T done(StripeResult<T> answer) {
        return answer.fold(
                value -> value,
                no -> {
                    throw new OutcomeUnknown("catalog: " + no, null);
                },
                no -> {
                    throw new RefusedByStripe(no);
                });
    }
}
