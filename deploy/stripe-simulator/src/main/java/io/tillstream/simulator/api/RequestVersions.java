package io.tillstream.simulator.api;

import io.tillstream.simulator.SimulatorSettings;
import io.tillstream.simulator.surface.RequestSurface;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.databind.node.ObjectNode;

/** What the version of the API that a request asks for means for its parameters and its answer. */
@Component
class RequestVersions {
    private final RequestSurface surface;
    private final AnswerVersions answers;

    RequestVersions(RequestSurface surface, AnswerVersions answers) {
        this.surface = surface;
        this.answers = answers;
    }

    static @Nullable String of(Arrival arrival) {
        return arrival.headers().getFirst("Stripe-Version");
    }

    void refuseBad(Arrival arrival) {
        String version = of(arrival);
        if (version != null && !surface.versions().contains(version)) {
            throw StripeError.malformed(null, "Invalid Stripe API version: " + version, null);
        }
    }

    /** Refuses wrong parameters; which those are depends on the version. */
    static void refuseWrong(Arrival arrival, Route route, ObjectNode params, boolean publishable) {
        String operation = arrival.method() + " " + route.pattern().getPatternString();
        NewerParameters.translate(operation, params, of(arrival));
        ObjectNode older = OlderParameters.take(operation, params, of(arrival));
        route.refuseWrong(params, publishable);
        OlderParameters.giveBack(older, params);
    }

    /** What puts an object into the shape of the version that was asked for. What newer ones add is not there. */
    Consumer<ObjectNode> shape(Arrival arrival) {
        String version = of(arrival);
        return version == null || version.startsWith(SimulatorSettings.API_VERSION)
                ? object -> {}
                : object -> answers.render(object, version);
    }
}
