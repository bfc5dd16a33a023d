package io.tillstream.stripe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.annotations.SerializedName;
import com.stripe.model.ExpandableField;
import com.stripe.model.StripeObject;
import com.stripe.model.SubscriptionSchedule;
import com.stripe.param.SubscriptionScheduleUpdateParams;
import com.stripe.param.SubscriptionScheduleUpdateParams.Phase;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a shop planned at Stripe comes back whole when its subscriber chooses another card: a set-up fee, a tax rate or a discount
 * that is lost is money of the shop or of its customer.
 */
class SchedulePhaseParamsTest {

    private static final JsonMapper JSON = JsonMapper.shared();

    /** Shown by Stripe, and asked for by another field, or by none. */
    private static final Set<String> NOT_ASKED_FOR =
            Set.of("plan", "trial", "automatic_tax.disabled_reason", "promotion_code", "coupon");

    @Test
    void everyFieldOfAPhaseThatStripeShowsIsSentAgain() {
        ObjectNode phase = filled(SubscriptionSchedule.Phase.class, Phase.class);

        Map<String, Object> sent = sent(SchedulePhaseParams.asPlanned(phase, "pm_new"));

        assertThat(paths(JSON.valueToTree(sent), ""))
                .containsAll(paths(phase, "").stream()
                        .filter(path -> NOT_ASKED_FOR.stream().noneMatch(path::endsWith))
                        .toList());
        assertThat(sent)
                .containsEntry("default_payment_method", "pm_new")
                .containsEntry("default_tax_rates", List.of("txr_1"));
    }

    @Test
    void aFieldThatNobodyKnowsYetLeavesTheScheduleUntouched() {
        ObjectNode phase = filled(SubscriptionSchedule.Phase.class, Phase.class);
        phase.putObject("loyalty").put("points", 5);

        assertThatThrownBy(() -> SchedulePhaseParams.asPlanned(phase, "pm_new"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("phase.loyalty");
    }

    @Test
    void aSetupFeeThatWasTakenAtThePhasesBeginningIsNotTakenAgain() {
        ObjectNode phase = filled(SubscriptionSchedule.Phase.class, Phase.class);

        assertThat(sent(SchedulePhaseParams.asItIs(phase, null)))
                .doesNotContainKeys("add_invoice_items", "default_payment_method")
                .containsEntry("proration_behavior", "none")
                .containsKey("default_tax_rates");
    }

    @Test
    void phasesWithoutACardOfTheirOwnAreNotSentAtAll() {
        Map<String, Object> sent = paidWith("""
            {"current_phase":{"start_date":1},"default_settings":{"default_payment_method":"pm_old"},
             "phases":[{"start_date":1,"end_date":2,"items":[{"price":"price_1"}]},
                       {"start_date":2,"end_date":3,"items":[{"price":"price_2"}]}]}\
            """);

        assertThat(sent)
                .containsEntry("default_settings", Map.of("default_payment_method", "pm_new"))
                .doesNotContainKey("phases");
    }

    @Test
    void aPhaseWithACardOfItsOwnGetsTheNewOneAndTheOthersFollowTheSchedule() {
        Map<String, Object> sent = paidWith("""
            {"current_phase":{"start_date":1},"default_settings":{"default_payment_method":null},
             "phases":[{"start_date":1,"end_date":2,"items":[{"price":"price_1"}]},
                       {"start_date":2,"end_date":3,"default_payment_method":"pm_old","description":"Winter",
                        "items":[{"price":"price_2"}]}]}\
            """);

        assertThat(sent).containsEntry("default_settings", Map.of("default_payment_method", "pm_new"));
        List<?> phases = (List<?>) sent.get("phases");
        assertThat(JSON.valueToTree(phases.get(0)).has("default_payment_method"))
                .isFalse();
        assertThat(JSON.valueToTree(phases.get(1))
                        .path("default_payment_method")
                        .asString())
                .isEqualTo("pm_new");
        assertThat(JSON.valueToTree(phases.get(1)).path("description").asString())
                .isEqualTo("Winter");
    }

    /** What was planned since it was read, or has come back, would be lost: the running phase's card is the subscription's to say. */
    @Test
    void theRunningPhaseAloneIsNotSent() {
        JsonNode schedule = JSON.readTree("""
            {"current_phase":{"start_date":1},"end_behavior":"cancel","status":"active",
             "default_settings":{"default_payment_method":null},
             "phases":[{"start_date":1,"end_date":2,"default_payment_method":"pm_old","items":[{"price":"price_1"}]}]}\
            """);

        assertThat(SchedulePhaseParams.paidWith(schedule, "pm_new")).isEmpty();
        assertThat(SchedulePhaseParams.withCards(schedule, own -> "pm_new")).isEmpty();
    }

    /** What comes back with it may name no card, and would be paid with the one that is gone. */
    @Test
    void theScheduleItselfIsPaidWithTheNewCardWhereAPlanIsKept() {
        assertThat(paidWith("""
            {"current_phase":{"start_date":1},"end_behavior":"cancel","metadata":{"canceled_by":"user"},
             "default_settings":{"default_payment_method":"pm_old"},
             "phases":[{"start_date":1,"end_date":2,"default_payment_method":"pm_old","items":[{"price":"price_1"}]}]}\
            """))
                .containsEntry("default_settings", Map.of("default_payment_method", "pm_new"))
                .doesNotContainKeys("phases", "metadata");
    }

    /** Beside the mark of an end it says that the end is lost, so it is not there where the end was before. */
    @Test
    void thatAllPhasesWereWrittenIsMarkedWhereNoEndIs() {
        assertThat(paidWith(planned("{}"))).containsEntry("metadata", Map.of("card_written", "true"));
        assertThat(paidWith(planned("{\"canceled_by\":\"user\"}"))).doesNotContainKey("metadata");
        assertThat(paidWith(planned("{\"ended_by\":\"user\"}"))).doesNotContainKey("metadata");
    }

    private static String planned(String metadata) {
        return """
            {"current_phase":{"start_date":1},"metadata":%s,
             "default_settings":{"default_payment_method":"pm_new"},
             "phases":[{"start_date":1,"end_date":2,"items":[{"price":"price_1"}]},
                       {"start_date":2,"end_date":3,"default_payment_method":"pm_old","items":[{"price":"price_2"}]}]}\
            """.formatted(metadata);
    }

    private static Map<String, Object> paidWith(String schedule) {
        return SchedulePhaseParams.paidWith(JSON.readTree(schedule), "pm_new")
                .map(SubscriptionScheduleUpdateParams::toMap)
                .orElseThrow();
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> sent(Phase phase) {
        Map<String, Object> sent = SubscriptionScheduleUpdateParams.builder()
                .addPhase(phase)
                .build()
                .toMap();
        return ((List<Map<String, Object>>) sent.get("phases")).get(0);
    }

    /** An object as stripe-java's model has it, with something in each field. */
    private static ObjectNode filled(Class<?> model, @Nullable Class<?> params) {
        ObjectNode object = JSON.createObjectNode();
        fields(model).forEach(field -> object.set(name(field), value(field, params)));
        return object;
    }

    private static JsonNode value(Field field, @Nullable Class<?> params) {
        String name = name(field);
        if (name.equals("default_tax_rates") || name.equals("tax_rates")) {
            return JSON.readTree("[{\"object\":\"tax_rate\",\"id\":\"txr_1\",\"inclusive\":false}]");
        }
        Type type = field.getGenericType();
        if (type instanceof ParameterizedType of && of.getRawType() == ExpandableField.class) {
            return JSON.getNodeFactory().stringNode(field.getName() + "_1");
        }
        if (type instanceof ParameterizedType of && of.getRawType() == List.class) {
            Class<?> each = (Class<?>)
                    ((of.getActualTypeArguments()[0] instanceof ParameterizedType)
                            ? String.class
                            : of.getActualTypeArguments()[0]);
            return JSON.createArrayNode().add(one(each, field.getName(), params));
        }
        if (type instanceof ParameterizedType) {
            return JSON.createObjectNode().put("shop", "7");
        }
        return one((Class<?>) type, field.getName(), params);
    }

    private static JsonNode one(Class<?> type, String field, @Nullable Class<?> params) {
        if (StripeObject.class.isAssignableFrom(type)) {
            return filled(type, inner(params, type.getSimpleName()));
        }
        return JSON.valueToTree(
                type == Boolean.class ? true : Number.class.isAssignableFrom(type) ? 7 : word(field, params));
    }

    /** A word of the enum that the field has in a request; any, where it has none. */
    private static String word(String field, @Nullable Class<?> params) {
        return Arrays.stream(params == null ? new Field[0] : params.getDeclaredFields())
                .filter(each -> each.getName().equals(field) && each.getType().isEnum())
                .map(each -> enumWord(each.getType()))
                .findFirst()
                .orElse("words");
    }

    private static String enumWord(Class<?> type) {
        return Arrays.stream(type.getFields())
                .filter(Field::isEnumConstant)
                .map(SchedulePhaseParamsTest::name)
                .findFirst()
                .orElseThrow();
    }

    private static @Nullable Class<?> inner(@Nullable Class<?> params, String name) {
        return Arrays.stream(params == null ? new Class<?>[0] : params.getDeclaredClasses())
                .filter(each -> each.getSimpleName().equals(name))
                .findFirst()
                .orElse(null);
    }

    private static List<Field> fields(Class<?> model) {
        return Arrays.stream(model.getDeclaredFields())
                .filter(field ->
                        !Modifier.isStatic(field.getModifiers()) && !Modifier.isTransient(field.getModifiers()))
                .toList();
    }

    private static String name(Field field) {
        return field.getAnnotation(SerializedName.class).value();
    }

    private static Set<String> paths(JsonNode node, String at) {
        var paths = new TreeSet<String>();
        if (node.isArray()) {
            node.forEach(each -> paths.addAll(paths(each, at)));
        } else if (node.isObject() && !node.has("id")) {
            node.properties().forEach(each -> paths.addAll(paths(each.getValue(), at + "." + each.getKey())));
        } else {
            paths.add(at);
        }
        return paths;
    }
}
