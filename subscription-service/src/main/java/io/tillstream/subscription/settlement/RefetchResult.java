package io.tillstream.subscription.settlement;

import io.tillstream.subscription.subscription.Subscription.ObjectVersion;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * What Stripe answered because of an event, on its way into the event's transaction.
 *
 * @param object as Stripe has it now; null: not there any more
 * @param before what was known when Stripe began to be asked: if something else came meanwhile, the answer may be old
 * @param user whose customer it is, where that had to be asked
 */
record RefetchResult(
        @Nullable JsonNode object,
        ObjectVersion before,
        @Nullable String user) {

    JsonNode toJson() {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        if (object != null) {
            node.set("object", object);
        }
        node.put("as_of", before.asOf());
        node.put("fingerprint", before.fingerprint());
        node.put("user", user);
        return node;
    }

    static RefetchResult of(JsonNode node) {
        JsonNode fingerprint = node.path("fingerprint");
        JsonNode user = node.path("user");
        return new RefetchResult(
                node.get("object"),
                new ObjectVersion(
                        node.path("as_of").asLong(0),
                        fingerprint.isString() ? fingerprint.stringValue() : null,
                        false,
                        null),
                user.isString() ? user.stringValue() : null);
    }
}
