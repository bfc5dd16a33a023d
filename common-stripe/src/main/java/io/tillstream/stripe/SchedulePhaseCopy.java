package io.tillstream.stripe;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.ToNumberPolicy;
import com.stripe.param.SubscriptionScheduleUpdateParams;
import com.stripe.param.SubscriptionScheduleUpdateParams.Phase;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A phase as Stripe shows it, as a request for the same phase: whole, or not at all. Stripe forgets what it is not sent again, a
 * set-up fee or a tax rate that the shop planned, say. So nothing is picked: all of it is copied into stripe-java's parameter
 * class, and what that class does not know is a fault before anything is sent.
 */
public final class SchedulePhaseCopy {

    private static final Gson GSON = new GsonBuilder()
            .setObjectToNumberStrategy(ToNumberPolicy.LONG_OR_DOUBLE)
            .create();
    private static final String METADATA = "metadata";

    /** Which discount it is: Stripe takes one of the three, and shows all that it knows. */
    private static final List<String> DISCOUNT = List.of("discount", "promotion_code", "coupon");

    /** What Stripe tells of a phase and nobody can ask for. */
    private static final Set<String> TOLD_ONLY = Set.of("disabled_reason");

    private SchedulePhaseCopy() {}

    /** What Stripe shows, with ids in the place of objects and without what is empty. */
    public static ObjectNode request(JsonNode phase) {
        ObjectNode request = (ObjectNode) requestOf(phase);
        if (request.has("trial_end")) {
            request.remove("trial"); // the same said twice, which Stripe refuses
        }
        return request;
    }

    /** @throws IllegalStateException naming a field that the parameter class would lose; nothing was sent */
    static Phase typed(ObjectNode request) {
        Phase phase = GSON.fromJson(request.toString(), Phase.class);
        Map<String, Object> sent = SubscriptionScheduleUpdateParams.builder()
                .addPhase(phase)
                .build()
                .toMap();
        mustBeIn(sent.get("phases"), JsonMapper.shared().createArrayNode().add(request), "phase");
        return phase;
    }

    private static JsonNode requestOf(JsonNode shown) {
        if (shown.isArray()) {
            ArrayNode list = JsonMapper.shared().createArrayNode();
            shown.forEach(each -> list.add(requestOf(each)));
            return list;
        }
        if (!shown.isObject()) {
            return shown;
        }
        if (shown.path("id").isString()) {
            return shown.path("id");
        }
        ObjectNode request = JsonMapper.shared().createObjectNode();
        shown.properties().forEach(field -> {
            JsonNode value = field.getKey().equals(METADATA) ? field.getValue() : requestOf(field.getValue());
            if (!isEmpty(value) && !TOLD_ONLY.contains(field.getKey())) {
                request.set(field.getKey(), value);
            }
        });
        if (request.has("price")) {
            request.remove("plan"); // its older name
        }
        DISCOUNT.stream().filter(request::has).findFirst().ifPresent(one -> DISCOUNT.stream()
                .filter(other -> !other.equals(one))
                .forEach(request::remove));
        return request;
    }

    private static boolean isEmpty(JsonNode value) {
        return value.isNull() || (value.isContainer() && value.isEmpty());
    }

    private static void mustBeIn(@Nullable Object sent, JsonNode wanted, String path) {
        if (wanted.isObject() && sent instanceof Map<?, ?> map) {
            wanted.properties()
                    .forEach(field -> mustBeIn(map.get(field.getKey()), field.getValue(), path + "." + field.getKey()));
        } else if (wanted.isArray() && sent instanceof List<?> list && list.size() == wanted.size()) {
            for (int i = 0; i < list.size(); i++) {
                mustBeIn(list.get(i), wanted.get(i), path);
            }
        } else if (wanted.isContainer() || !isSame(sent, wanted)) {
            throw new IllegalStateException("A schedule is left as it is, as this would be lost of it: " + path);
        }
    }

    private static boolean isSame(@Nullable Object sent, JsonNode wanted) {
        if (wanted.isNumber() && sent instanceof Number number) {
            return wanted.decimalValue().compareTo(new BigDecimal(number.toString())) == 0;
        }
        return wanted.asString("").equals(String.valueOf(sent));
    }
}
