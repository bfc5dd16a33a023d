package io.tillstream.simulator.schedule;

import io.tillstream.simulator.api.Params;
import io.tillstream.simulator.api.StripeError;
import io.tillstream.simulator.state.Json;
import io.tillstream.simulator.subscription.NewSubscriptions;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.databind.node.ObjectNode;

/** Refuses a phase that no subscription could be in when it is planned, and not when its day has come. */
@Component
class PhaseRules {
    private final NewSubscriptions subscriptions;

    PhaseRules(NewSubscriptions subscriptions) {
        this.subscriptions = subscriptions;
    }

    /** What the schedule has already may be given again, whatever became of its prices; the phase that runs is judged by its change. */
    void check(ObjectNode schedule, ObjectNode phase, Params given) {
        boolean runs = schedule.path("current_phase").isObject()
                && Json.number(schedule.path("current_phase"), "start_date") == Json.number(phase, "start_date");
        if (!runs && Phases.of(schedule).stream().noneMatch(known -> isAsked(schedule, known, phase))) {
            StripeError refused = refusal(schedule, phase);
            if (refused != null) {
                throw named(refused, phase, given);
            }
        }
    }

    /** After what holds for all phases has changed; nothing else of them is judged anew. */
    void checkDefaults(ObjectNode schedule) {
        for (ObjectNode phase : Phases.of(schedule)) {
            StripeError refused = refusal(schedule, phase);
            String param = refused == null ? null : Json.text(refused.error(), "param");
            String ofDefaults = param == null ? null : ofDefaults(param, phase);
            if (refused != null && ofDefaults != null) {
                throw refused.with("param", ofDefaults);
            }
        }
    }

    /** What says it for the phase, if the phase itself does not; else null. */
    private static @Nullable String ofDefaults(String name, ObjectNode phase) {
        return switch (name) {
            case "days_until_due" -> "default_settings[invoice_settings][days_until_due]";
            case "default_payment_method", "collection_method" ->
                Json.present(phase, name) ? null : "default_settings[" + name + "]";
            default -> null;
        };
    }

    private static boolean isAsked(ObjectNode schedule, ObjectNode known, ObjectNode phase) {
        return asked(schedule, known).equals(asked(schedule, phase));
    }

    private static ObjectNode asked(ObjectNode schedule, ObjectNode phase) {
        ObjectNode asked = PhaseChange.subscription(schedule, phase);
        asked.remove("metadata");
        asked.remove("description");
        return asked;
    }

    private @Nullable StripeError refusal(ObjectNode schedule, ObjectNode phase) {
        try {
            subscriptions.check(new Params(PhaseChange.subscription(schedule, phase)));
            return null;
        } catch (StripeError refused) {
            return refused;
        }
    }

    /** With the parameter as the caller wrote it: {@code phases[1][items][0][price]}. */
    private static StripeError named(StripeError refused, ObjectNode phase, Params given) {
        String param = Json.text(refused.error(), "param");
        if (param == null) {
            return refused;
        }
        int end = param.indexOf('[');
        String name = end < 0 ? param : param.substring(0, end);
        String ofDefaults = ofDefaults(param, phase);
        return refused.with(
                "param", ofDefaults == null ? given.param(name) + param.substring(name.length()) : ofDefaults);
    }
}
