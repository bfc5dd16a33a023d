package io.tillstream.stripeevents;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * One event as Stripe sent it, of whatever API version.
 *
 * @param created Stripe's clock in whole seconds since 1970; several events share one
 * @param object the snapshot of the object the event is about
 * @param previousAttributes what an {@code *.updated} event changed
 * @see <a href="https://docs.stripe.com/api/events/object">Stripe: the Event object</a>
 */
public record StripeEvent(
        String id,
        String type,
        long created,
        boolean livemode,
        @Nullable String apiVersion,
        JsonNode object,
        @Nullable JsonNode previousAttributes,
        JsonNode raw) {

    /**
     * Reads an event as it came over HTTP or Kafka.
     *
     * @throws UnreadableEvent if it is not JSON, or lacks what every event has
     */
    public static StripeEvent read(byte[] json) {
        return read(StripeJson.read(json));
    }

    public static StripeEvent read(JsonNode raw) {
        JsonNode data = raw.get("data");
        JsonNode object = data == null ? null : data.get("object");
        String id = StripeJson.text(raw, "id");
        String type = StripeJson.text(raw, "type");
        Long created = StripeJson.number(raw, "created");
        if (id == null || type == null || created == null || object == null || !object.isObject()) {
            throw new UnreadableEvent("no id, type, created or data.object");
        }
        JsonNode livemode = raw.get("livemode");
        return new StripeEvent(
                id,
                type,
                created,
                livemode != null && livemode.asBoolean(),
                apiVersion(raw),
                object,
                data.get("previous_attributes"),
                raw);
    }

    /** Null where there is none; whatever else stands there is a version that nobody knows. */
    private static @Nullable String apiVersion(JsonNode raw) {
        JsonNode version = raw.get("api_version");
        return version == null || version.isNull() ? null : version.asString("");
    }

    /** The same event, about its object as Stripe has it in our own version. */
    public StripeEvent with(JsonNode reread) {
        return new StripeEvent(id, type, created, livemode, apiVersion, reread, previousAttributes, raw);
    }

    /** What the object calls itself; by the event's type where it does not. */
    public String objectType() {
        String told = StripeJson.text(object, "object");
        if (told != null) {
            return told;
        }
        if (type.startsWith("charge.dispute.")) {
            return "dispute";
        }
        if (type.startsWith("charge.refund.")) {
            return "refund";
        }
        if (type.startsWith("customer.subscription.")) {
            return "subscription";
        }
        return type.substring(0, Math.max(type.lastIndexOf('.'), 0));
    }

    /** The connected account in which it happened; null: in the account whose key we have. */
    public @Nullable String account() {
        return StripeJson.text(raw, "account");
    }

    /** The id of the object the event is about; {@code invoice.upcoming} has none. */
    public @Nullable String objectId() {
        return StripeJson.text(object, "id");
    }

    public @Nullable String metadata(String key) {
        return StripeJson.metadata(object, key);
    }

    /** The event as it may be stored: without secrets and personal data. */
    public byte[] storable() {
        return StripeJson.withoutPrivateFields(raw).toString().getBytes(StandardCharsets.UTF_8);
    }
}
