package io.tillstream.stripeevents;

import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Reads fields of Stripe's JSON, where a reference may be an id or the object itself. */
public final class StripeJson {

    /** Fields that nothing here needs and that must not rest in a table. */
    private static final Set<String> PRIVATE = Set.of(
            "client_secret",
            "email",
            "receipt_email",
            "phone",
            "billing_details",
            "shipping",
            "shipping_details",
            "shipping_address",
            "billing_address",
            "collected_information",
            "customer_details",
            "customer_name",
            "customer_email",
            "customer_email_address",
            "customer_phone",
            "customer_address",
            "customer_shipping",
            "customer_purchase_ip",
            "evidence",
            "verified_name",
            "verified_email",
            "verified_address");

    /** Of a person, these too; a product or a feature has a name that is read. */
    private static final Set<String> PRIVATE_OF_CUSTOMER = Set.of("name", "address", "description");

    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    private StripeJson() {}

    /**
     * Reads JSON of any shape.
     *
     * @throws UnreadableEvent if it is not JSON
     */
    public static JsonNode read(byte[] json) {
        try {
            return MAPPER.readTree(json);
        } catch (JacksonException e) {
            throw new UnreadableEvent("not JSON", e);
        }
    }

    /** A text field, or null where it is missing, null or not text. */
    public static @Nullable String text(@Nullable JsonNode node, String field) {
        JsonNode value = node == null ? null : node.get(field);
        return value != null && value.isString() ? value.stringValue() : null;
    }

    /** The id in a field that holds an id or an expanded object. */
    public static @Nullable String id(@Nullable JsonNode node, String field) {
        JsonNode value = node == null ? null : node.get(field);
        return value != null && value.isObject() ? text(value, "id") : text(node, field);
    }

    /**
     * An integer field, or null where it is missing or null.
     *
     * @throws UnreadableEvent if it has more than 64 bits, as nothing of Stripe's has
     */
    public static @Nullable Long number(@Nullable JsonNode node, String field) {
        JsonNode value = node == null ? null : node.get(field);
        if (value == null || !value.isIntegralNumber()) {
            return null;
        }
        if (!value.canConvertToLong()) {
            throw new UnreadableEvent("Number out of range: " + field);
        }
        return value.longValue();
    }

    /**
     * How many of something, or null where it is missing or null. More than an int holds is as good as the most that it holds:
     * nothing is sold in such numbers, and whoever has typed one is not to make the rest unreadable.
     */
    public static @Nullable Integer count(@Nullable JsonNode node, String field) {
        Long number = number(node, field);
        return number == null ? null : (int) Math.max(0, Math.min(number, Integer.MAX_VALUE));
    }

    /** One value of the object's metadata. */
    public static @Nullable String metadata(JsonNode object, String key) {
        return text(object.get("metadata"), key);
    }

    /** A copy without secrets and personal data, fit to be stored. */
    public static JsonNode withoutPrivateFields(JsonNode node) {
        JsonNode copy = node.deepCopy();
        strip(copy);
        return copy;
    }

    private static void strip(JsonNode node) {
        if (node instanceof ObjectNode object) {
            object.remove(PRIVATE);
            if ("customer".equals(text(object, "object"))) {
                object.remove(PRIVATE_OF_CUSTOMER);
            }
        }
        node.forEach(StripeJson::strip);
    }
}
